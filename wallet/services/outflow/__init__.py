"""What leaves the house as a whole: caps on it in a window, and the switch that stops it, per coin and in total."""
