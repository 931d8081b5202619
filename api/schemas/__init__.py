"""What requests and answers look like; apart from what the store keeps."""
