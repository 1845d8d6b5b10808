// What the kernel starts as its usermode driver: becomes /umd, with everything the kernel gave it.
// Without a C library, so that it opens no file and needs none.

enum { SYS_execve = 59, SYS_exit_group = 231 };

static void call(long number, const void *first, const void *second, const void *third)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
}

// The kernel puts argc, argv and the environment at the top of the stack.
__asm__(".globl _start\n"
	"_start:\n"
	"	mov %rsp, %rdi\n"
	"	call become\n");

__attribute__((used, noreturn)) void become(long *stack)
{
	char **argv = (char **)(stack + 1);

	call(SYS_execve, "/umd", argv, argv + *stack + 1);
	for (;;)
		call(SYS_exit_group, (void *)127, 0, 0);
}
