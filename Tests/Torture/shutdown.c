// Shuts a file system down as a power cut would: nothing more is written, neither data nor journal.
//
//     shutdown DIRECTORY
//
// FS_IOC_SHUTDOWN (ext4: EXT4_IOC_SHUTDOWN, xfs: XFS_IOC_GOINGDOWN) with the flag that leaves the journal unwritten.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int argc, char **argv) {
	uint32_t without_journal = 2;
	if (argc != 2) {
		fprintf(stderr, "usage: shutdown DIRECTORY\n");
		return 129;
	}
	int directory = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (directory < 0 || ioctl(directory, _IOR('X', 125, uint32_t), &without_journal) != 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
