//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Two sha256 side by side, by the SHA extensions (Intel's Software Developer's Manual, volume 2).
// SHA256RNDS2 does two rounds and waits for the result of the one before. The processor fills that
// time with rounds of the other block.

#define KW    X0  // four words plus their round constants, where SHA256RNDS2 wants them
#define ABEF0 X1  // state of the first block: a is the highest word, f the lowest
#define CDGH0 X2
#define ABEF1 X3  // state of the second block
#define CDGH1 X4
#define M0    X5  // 16 words of the first block
#define M1    X6
#define M2    X7
#define M3    X8
#define N0    X9  // 16 words of the second block
#define N1    X10
#define N2    X11
#define N3    X12
#define TEMP  X13
#define SWAP  X14 // for PSHUFB: reverses the bytes of each word
#define PAIR  SI  // 64 bytes of the first block; those of the second are 4096 bytes further
#define K     DX  // round constants

// ROUNDS does four rounds with KW. After two, the old ABEF is the new CDGH, and the new ABEF is in
// the register of the old CDGH; after four, each is in its register again.
#define ROUNDS(abef, cdgh) \
	SHA256RNDS2 KW, abef, cdgh; \
	PSHUFD      $0x0e, KW, KW;  \
	SHA256RNDS2 KW, cdgh, abef

// ROW does rounds 4i to 4i+3 of both blocks, with four words of each.
#define ROW(i, m, n) \
	MOVOU (16*(i))(K), KW; \
	PADDD m, KW;           \
	ROUNDS(ABEF0, CDGH0);  \
	MOVOU (16*(i))(K), KW; \
	PADDD n, KW;           \
	ROUNDS(ABEF1, CDGH1)

// EXPAND replaces words t to t+3 in m0 by t+16 to t+19. The words between are in m1, m2 and m3.
#define EXPAND(m0, m1, m2, m3) \
	SHA256MSG1 m1, m0;       \
	MOVO       m3, TEMP;     \
	PALIGNR    $4, m2, TEMP; \
	PADDD      TEMP, m0;     \
	SHA256MSG2 m3, m0

// ROWS does rounds 4i to 4i+15, and makes the words for the next 16.
#define ROWS(i) \
	ROW(i, M0, N0);         \
	EXPAND(M0, M1, M2, M3); \
	EXPAND(N0, N1, N2, N3); \
	ROW(i+1, M1, N1);       \
	EXPAND(M1, M2, M3, M0); \
	EXPAND(N1, N2, N3, N0); \
	ROW(i+2, M2, N2);       \
	EXPAND(M2, M3, M0, M1); \
	EXPAND(N2, N3, N0, N1); \
	ROW(i+3, M3, N3);       \
	EXPAND(M3, M0, M1, M2); \
	EXPAND(N3, N0, N1, N2)

// LOAD reads words 4i to 4i+3 of both blocks.
#define LOAD(i, m, n) \
	MOVOU  (16*i)(PAIR), m;      \
	MOVOU  (4096+16*i)(PAIR), n; \
	PSHUFB SWAP, m;              \
	PSHUFB SWAP, n

// SAVE keeps the states, and ADD adds them to those after 64 rounds.
#define SAVE \
	MOVOU ABEF0, 0(SP);  \
	MOVOU CDGH0, 16(SP); \
	MOVOU ABEF1, 32(SP); \
	MOVOU CDGH1, 48(SP)

#define ADDTO(state, offset) \
	MOVOU offset(SP), TEMP; \
	PADDD TEMP, state

#define ADD \
	ADDTO(ABEF0, 0);  \
	ADDTO(CDGH0, 16); \
	ADDTO(ABEF1, 32); \
	ADDTO(CDGH1, 48)

// STORE writes a state as 32 bytes, from a to h. PSHUFB and PSHUFD reverse all bytes of a register,
// so that a becomes the lowest word; the PUNPCKs make a, b, c, d and e, f, g, h of the halves.
#define STORE(abef, cdgh, offset) \
	PSHUFB     SWAP, abef;        \
	PSHUFB     SWAP, cdgh;        \
	PSHUFD     $0x1b, abef, abef; \
	PSHUFD     $0x1b, cdgh, cdgh; \
	MOVO       abef, TEMP;        \
	PUNPCKLQDQ cdgh, TEMP;        \
	PUNPCKHQDQ cdgh, abef;        \
	MOVOU      TEMP, offset(DI);  \
	MOVOU      abef, (offset+16)(DI)

// func hashPair(sums *[2][sha256.Size]byte, pair *[pairSize]byte, c *constants)
TEXT ·hashPair(SB), NOSPLIT, $64-24
	MOVQ  sums+0(FP), DI
	MOVQ  pair+8(FP), PAIR
	MOVQ  c+16(FP), AX
	LEAQ  constants_k(AX), K
	MOVOU constants_abef(AX), ABEF0
	MOVOU constants_cdgh(AX), CDGH0
	MOVO  ABEF0, ABEF1
	MOVO  CDGH0, CDGH1
	MOVOU constants_swap(AX), SWAP
	MOVQ  $(4096/64), CX

next64:
	SAVE
	LOAD(0, M0, N0)
	LOAD(1, M1, N1)
	LOAD(2, M2, N2)
	LOAD(3, M3, N3)
	ROWS(0)
	ROWS(4)
	ROWS(8)
	ROW(12, M0, N0)
	ROW(13, M1, N1)
	ROW(14, M2, N2)
	ROW(15, M3, N3)
	ADD
	ADDQ $64, PAIR
	DECQ CX
	JNZ  next64

	SAVE
	LEAQ constants_padding(AX), K // contains the words, which are the same for all blocks
	PXOR M0, M0
	MOVQ $16, CX

padding:
	ROW(0, M0, M0)
	ADDQ $16, K
	DECQ CX
	JNZ  padding

	ADD
	STORE(ABEF0, CDGH0, 0)
	STORE(ABEF1, CDGH1, 32)
	RET
