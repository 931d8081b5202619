"""The plots of the page: each a picture in words, numbers and a drawing."""
