"""`python -m rasad` is `rasad`."""

from rasad.cli import main

if __name__ == "__main__":
    main()
