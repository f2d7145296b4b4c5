"""What a person does, one use case each, over ports."""
