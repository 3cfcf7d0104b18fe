/* An empty ICU data package, as ICU's own source/stubdata/stubdata.cpp has it.
 *
 * Foundation brings ICU with 30 MB of locale data, which an executable that only fills templates never asks for. A
 * static linker takes a member of an archive only for what is still undefined, so an executable that defines the data's
 * symbol itself leaves them out. Each version of ICU has a name of its own; where none of these is the toolchain's the
 * executable is larger, and works the same. */
#include <stdint.h>

struct package {
  uint16_t header_size;
  uint8_t magic1, magic2;
  uint16_t info_size, reserved;
  uint8_t is_big_endian, charset_family, sizeof_uchar, reserved_byte;
  uint8_t data_format[4], format_version[4], data_version[4];
  uint8_t padding[8];
  uint32_t count, reserved_word;
  uint32_t entries[4];
};

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define IS_BIG_ENDIAN 1
#else
#define IS_BIG_ENDIAN 0
#endif

/* The format is "ToCP", a table of contents of a common data package, with no entries. */
#define EMPTY_PACKAGE                                                                                       \
  { 32, 0xda, 0x27, 20, 0, IS_BIG_ENDIAN, 0, 2, 0, {0x54, 0x6f, 0x43, 0x50}, {1, 0, 0, 0}, {0, 0, 0, 0}, {0}, \
    0, 0, {0} }

#define STUB(name) __attribute__((used, visibility("default"))) const struct package name = EMPTY_PACKAGE

STUB(icudt72_dat);
STUB(icudt73_dat);
STUB(icudt74_dat);
STUB(icudt75_dat);
STUB(icudt76_dat);
STUB(icudt77_dat);
STUB(icudt78_dat);
