"""Every method of Hugging Face's JavaScript client, in Node.js, over a real socket."""
