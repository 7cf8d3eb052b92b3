"""The page that shows what the development post office caught."""
