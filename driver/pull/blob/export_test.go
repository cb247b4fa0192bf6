package blob

// PayloadMax is payloadMax in the tests.
const PayloadMax = 1 << 20

func init() {
	partSize = 64 << 10
	payloadMax = PayloadMax
}
