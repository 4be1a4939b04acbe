namespace Cnn.Tests.Engine.Runs;

/// <summary>A file on a disk that has no more than some bytes left.</summary>
internal sealed class FullFile(string path, long room) : Stream
{
    private const int NoSpace = 28, WindowsNoSpace = unchecked((int)0x80070070);

    private readonly FileStream file = new(path, FileMode.Append);
    private long left = room;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        left -= count;
        if (left < 0)
        {
            throw new IOException("full", OperatingSystem.IsWindows() ? WindowsNoSpace : NoSpace);
        }

        file.Write(buffer, offset, count);
    }

    public override void Flush() => file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }
}
