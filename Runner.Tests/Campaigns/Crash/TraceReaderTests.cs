using Cnn.Campaigns.Crash.Tracing;

namespace Cnn.Tests.Campaigns.Crash;

[Trait("Category", "Crash")]
public class TraceReaderTests
{
    [Fact]
    public void CallsHaveTheirArgumentsAndResults()
    {
        SystemCall call = Assert.Single(TraceReader.Read([@"12 pwrite64(5, ""\x61\x2c\x20\x62"", 4, 10) = 4"]));

        Assert.Equal((12, "pwrite64", 4L, 10L), (call.Thread, call.Name, call.Result, call.Number(3)));
        Assert.Equal("a, b"u8, call.Bytes(1));
    }

    [Fact]
    public void ACallThatAnotherThreadInterruptsCountsWhenItEnds()
    {
        string[] lines =
        [
            @"1 rename(""\x61"", ""\x62"" <unfinished ...>",
            "2 fsync(7)                = 0",
            "1 <... rename resumed>)   = 0",
        ];

        Assert.Equal(["fsync", "rename"], TraceReader.Read(lines).Select(c => c.Name));
    }

    [Fact]
    public void ACloseCountsWhenItBegins()
    {
        string[] lines =
        [
            "1 close(7 <unfinished ...>",
            @"2 openat(AT_FDCWD, ""\x61"", O_RDONLY) = 7",
            "1 <... close resumed>)    = 0",
        ];

        Assert.Equal(["close", "openat"], TraceReader.Read(lines).Select(c => c.Name));
    }

    [Fact]
    public void ErrorsAreNegative()
    {
        SystemCall call = Assert.Single(
            TraceReader.Read([@"1 unlink(""\x61"") = -1 ENOENT (No such file)", "1 +++ exited with 0 +++"]));

        Assert.Equal(-1, call.Result);
    }

    [Fact]
    public void OtherLinesAreRefused() =>
        Assert.Throws<InvalidDataException>(() => TraceReader.Read(["strace: attach failed"]).ToArray());
}
