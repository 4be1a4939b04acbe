namespace Cnn.Proto;

/// <summary>An error number of the operating system, in words.</summary>
/// <param name="Text">The meaning, as a short clause.</param>
/// <param name="IsOfTheMachine">Whether the machine failed and nothing that the user named is wrong.</param>
internal readonly record struct SystemError(string Text, bool IsOfTheMachine)
{
    // .NET puts the number itself (Unix) or 0x80070000 plus the number (Windows) into HResult.
    private const int WindowsFacility = unchecked((int)0x80070000);

    /// <summary>
    /// Returns the error that an exception, or one inside it, carries; null when its number has no meaning here.
    /// </summary>
    public static SystemError? Of(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            SystemError? found = exception is not IOException ? null
                : OperatingSystem.IsWindows() ? OfWindows(exception.HResult - WindowsFacility)
                : OfUnix(exception.HResult);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Returns the meaning of an errno, by the numbers of Linux and, where they differ, of macOS.</summary>
    public static SystemError? OfUnix(int number)
    {
        bool isMac = OperatingSystem.IsMacOS();
        return number switch
        {
            1 or 13 => Users("no permission"),
            2 => Users("it does not exist"),
            5 => Machines("the disk or device fails to read or write"),
            6 => Users("it is a socket or a device that is not there, which cannot be opened"),
            16 or 26 => Users("it is in use"),
            17 => Users("there is one of that name already"),
            18 => Users("it is on another disk"),
            20 => Users("a part of its path is a file, not a folder"),
            21 => Users("it is a folder"),
            22 => Users("the system does not accept its name or the operation"),
            23 or 24 => Machines("too many files are open"),
            27 => Machines("it would be larger than the system allows"),
            28 => Machines("the disk is full"),
            29 => Users("it is a pipe, which cannot seek"),
            30 => Users("the disk is read-only"),
            32 => Machines("nobody reads what is written to it any more"),
            _ when number == (isMac ? 63 : 36) => Users("its name is too long"),
            _ when number == (isMac ? 62 : 40) => Users("its links lead in a circle"),
            _ when number == (isMac ? 69 : 122) => Machines("the quota of the disk is used up"),
            _ when number == (isMac ? 70 : 116) => Machines("it is no longer on the network disk"),
            _ => null,
        };
    }

    private static SystemError? OfWindows(int number) => number switch
    {
        2 or 3 => Users("it does not exist"),
        5 => Users("no permission"),
        4 => Machines("too many files are open"),
        19 => Users("the disk is read-only"),
        23 or 29 or 30 or 1117 => Machines("the disk or device fails to read or write"),
        32 or 33 => Users("another program has it open"),
        39 or 112 => Machines("the disk is full"),
        80 or 183 => Users("there is one of that name already"),
        109 or 232 => Machines("nobody reads what is written to it any more"),
        123 => Users("the system does not accept its name"),
        206 => Users("its name is too long"),
        _ => null,
    };

    private static SystemError Users(string text) => new(text, false);

    private static SystemError Machines(string text) => new(text, true);
}
