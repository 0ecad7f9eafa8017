"""What the user sees: preferences, the panel in the sidebar, operators, the timer behind them."""
