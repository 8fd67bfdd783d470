"""What happens to pictures, made or judged: camera, light, colours of skin."""
