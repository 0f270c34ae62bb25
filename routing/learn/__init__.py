"""How a model is fitted and judged; none of it touches the database."""
