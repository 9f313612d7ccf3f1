/* An echo for many clients, with select. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = { .sin_family = AF_INET };
    fd_set open, readable;

    if (argc != 3) return 2;
    signal(SIGPIPE, SIG_IGN);
    inet_pton(AF_INET, argv[1], &address.sin_addr);
    address.sin_port = htons(atoi(argv[2]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 64) < 0) {
        perror("cannot listen");
        return 1;
    }
    FD_ZERO(&open);
    FD_SET(listener, &open);
    for (;;) {
        readable = open;
        if (select(FD_SETSIZE, &readable, NULL, NULL, NULL) < 0) continue;
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            char data[4096];
            ssize_t length;
            if (!FD_ISSET(fd, &readable)) continue;
            if (fd == listener) {
                int client = accept(listener, NULL, NULL);
                if (client >= 0) FD_SET(client, &open);
                continue;
            }
            length = recv(fd, data, sizeof data, 0);
            if (length > 0 && send(fd, data, length, 0) == length) {
                printf("client %d: %.*s\n", fd, (int)length, data);
                continue;
            }
            FD_CLR(fd, &open);
            close(fd);
        }
    }
}
