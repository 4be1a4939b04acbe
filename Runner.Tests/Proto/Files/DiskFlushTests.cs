using Cnn.Proto;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Tests.Proto.Files;

[Trait("Category", "Crash")]
public sealed class DiskFlushTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFlushThatFailsIsAnErrorOfTheSystem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "descriptors are of Unix");

        // No file is open under that number.
        using var handle = new SafeFileHandle(1_000_000, ownsHandle: false);

        var error = Assert.Throws<IOException>(() => DiskFlush.Of(handle));
        Assert.Equal(9, error.HResult);
    }

    [Fact]
    public void AFlushWritesWhatTheStreamHolds()
    {
        using var stream = new FileStream(folder["x"], FileMode.Create, FileAccess.Write, FileShare.Read);
        stream.Write("whole"u8);

        DiskFlush.Of(stream);

        Assert.Equal(5, new FileInfo(folder["x"]).Length);
        stream.Write(" text"u8);
        stream.Dispose();
        Assert.Equal("whole text", File.ReadAllText(folder["x"]));
    }

    [Fact]
    public void WhatHasNothingToFlushIsLeftAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the device is of Unix");
        using var stream = new FileStream("/dev/null", FileMode.Open, FileAccess.Write);

        DiskFlush.Of(stream);
    }
}
