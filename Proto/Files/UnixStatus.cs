namespace Cnn.Proto;

/// <summary>The status of a file, from <c>stat(2)</c>.</summary>
/// <param name="Mode">Kind and permissions, <c>st_mode</c>.</param>
/// <param name="Links">The number of hard links.</param>
/// <param name="User">The owner.</param>
/// <param name="Group">The group.</param>
internal readonly record struct UnixStatus(ushort Mode, uint Links, uint User, uint Group)
{
    private const int KindMask = 0xF000, Regular = 0x8000, Fifo = 0x1000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & KindMask) == Regular;

    /// <summary>Whether it is a named pipe.</summary>
    public bool IsFifo => (Mode & KindMask) == Fifo;

    /// <summary>The permissions alone.</summary>
    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xFFF);
}
