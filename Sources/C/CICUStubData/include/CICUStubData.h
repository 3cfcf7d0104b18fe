/* ICU without its data: see stubdata.c. */
#ifndef DEV_INFRA_ICU_STUB_DATA_H
#define DEV_INFRA_ICU_STUB_DATA_H
#endif
