using System.Runtime.InteropServices;

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
            1 or 13 => UserError("no permission"),
            2 => UserError("it does not exist"),
            4 => MachineError("a signal interrupted it"),
            5 => MachineError("the disk or device fails to read or write"),
            6 => UserError("it is a socket or a device that is not there, which cannot be opened"),
            12 => MachineError("the system has no memory left for it"),
            16 or 26 => UserError("it is in use"),
            17 => UserError("there is one of that name already"),
            18 => UserError("it is on another disk"),
            19 => UserError("its disk or device cannot do this"),
            20 => UserError("a part of its path is a file, not a folder"),
            21 => UserError("it is a folder"),
            22 => UserError("the system does not accept its name or the operation"),
            23 or 24 => MachineError("too many files are open"),
            27 => MachineError("it would be larger than the system allows"),
            28 => MachineError("the disk is full"),
            29 => UserError("it is a pipe, which cannot seek"),
            30 => UserError("the disk is read-only"),
            32 => MachineError("nobody reads what is written to it any more"),
            _ when number == (isMac ? 35 : 11) => MachineError("the system has too little left for it at this moment"),
            _ when number == (isMac ? 77 : 37) => MachineError("the system has no locks left"),
            _ when number == (isMac ? 60 : 110) => MachineError("its disk does not answer"),
            _ when !isMac && number == 117 => MachineError("its file system is damaged"),
            _ when number == (isMac ? 78 : 38) || number == (isMac ? 102 : 95) =>
                UserError("its disk or device cannot do this"),
            _ when number == (isMac ? 63 : 36) => UserError("its name is too long"),
            _ when number == (isMac ? 62 : 40) => UserError("its links lead in a circle"),
            _ when number == (isMac ? 69 : 122) => MachineError("the quota of the disk is used up"),
            _ when number == (isMac ? 70 : 116) => MachineError("it is no longer on the network disk"),
            _ => InItsOwnWords(number),
        };
    }

    // What is thrown without a number of the system has one of .NET, which is negative.
    private static SystemError? InItsOwnWords(int number) => number > 0
        ? MachineError($"the system says '{Marshal.GetPInvokeErrorMessage(number)}'")
        : null;

    private static SystemError? OfWindows(int number) => number switch
    {
        2 or 3 => UserError("it does not exist"),
        5 => UserError("no permission"),
        4 => MachineError("too many files are open"),
        19 => UserError("the disk is read-only"),
        23 or 29 or 30 or 1117 => MachineError("the disk or device fails to read or write"),
        32 or 33 => UserError("another program has it open"),
        39 or 112 => MachineError("the disk is full"),
        80 or 183 => UserError("there is one of that name already"),
        109 or 232 => MachineError("nobody reads what is written to it any more"),
        123 => UserError("the system does not accept its name"),
        206 => UserError("its name is too long"),
        _ => null,
    };

    private static SystemError UserError(string text) => new(text, false);

    private static SystemError MachineError(string text) => new(text, true);
}
