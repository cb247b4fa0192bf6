package blob

func init() { partSize = 64 << 10 }
