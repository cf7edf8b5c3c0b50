/* Opening a log file of -L by its name: the name may be in a directory where others can put something else. */

#ifndef SALLYPORT_LOG_FILE_H
#define SALLYPORT_LOG_FILE_H

/* Opens the file for appending, close-on-exec, and makes it (at most 0644) if it is not there. Never waits for a reader, and
   follows no symbolic link at the end of the name. Returns -1 with the reason in words in *why. */
extern int log_file_open(char const *file, char const **why);

#endif
