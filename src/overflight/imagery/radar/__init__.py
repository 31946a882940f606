"""Side-looking radar: from echoes to images, and what is measured in them."""
