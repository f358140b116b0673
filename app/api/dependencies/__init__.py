"""What routes ask for, as ready `Annotated` aliases."""
