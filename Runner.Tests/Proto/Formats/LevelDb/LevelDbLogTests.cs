using Cnn.Campaigns.Files;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.LevelDb;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Tests.Proto.Formats.LevelDb;

/// <summary>Records and their fragments: LevelDB's doc/log_format.md.</summary>
[Trait("Category", "Unit")]
public sealed class LevelDbLogTests : IDisposable
{
    private const int WholeBlock = LogBlock - LogHeader;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARecordOfNoBytesIsARecord() =>
        Assert.Equal(["", "07", ""], Read(Fragment(Full), Fragment(Full, 7), Fragment(Full)));

    // A block ends with up to six zeros; where seven bytes are left, a record starts with a fragment of none.
    [Fact]
    public void RecordsGoOnWhereverABlockEnds()
    {
        for (int left = 0; left < 12; left++)
        {
            byte[] first = new byte[WholeBlock - left], second = [1, 2, 3, 4, 5, 6];
            Assert.Equal(
                [Convert.ToHexString(first), "010203040506", "07"], Read(LevelDbFiles.Log(first, second, [7])));
        }

        byte[] large = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i % 251))];
        Assert.Equal(["01", Convert.ToHexString(large), "02"], Read(LevelDbFiles.Log([1], large, [2])));
    }

    // Versions of LevelDB left such a start behind when they were started anew.
    [Fact]
    public void AStartOfNoBytesBeforeAWholeRecordIsNone()
    {
        byte[] filler = new byte[WholeBlock - LogHeader];
        Assert.Equal("09", Read(Fragment(Full, filler), Fragment(First), Fragment(Full, 9))[1]);
        Assert.Equal("09", Read(Fragment(Full, filler), Fragment(First), Fragment(Last, 9))[1]);
    }

    [Fact]
    public void RoomForRecordsToComeEndsARecordThatHasOnlyStarted()
    {
        byte[] started = Fragment(First, new byte[WholeBlock]), room = new byte[LogBlock];
        Assert.Equal(["09"], Read(started, room, Fragment(Full, 9)));
        Assert.Contains("byte 65536 has no start", Refused(started, room, Fragment(Last, 9)));
    }

    [Fact]
    public void FragmentsOutOfPlaceAreRefused()
    {
        byte[] started = Fragment(First, new byte[WholeBlock]);
        Assert.Contains("the record at byte 32768 starts within another one", Refused(started, Fragment(Full, 1)));
        Assert.Contains("the record at byte 32768 starts within another one", Refused(started, started));
        Assert.Contains("the record at byte 0 has no start", Refused(Fragment(Last, 1)));
        Assert.Contains("the record at byte 8 has no start", Refused(Fragment(Full, 1), Fragment(Middle, 1)));
        Assert.Contains("goes on before its block is full", Refused(Fragment(First, 1), Fragment(Last, 1)));
        Assert.Contains("goes on before its block is full", Refused(started, Fragment(Middle, 1), Fragment(Last, 1)));
        Assert.Contains("has the unknown type 5", Refused(Fragment(5, 1)));
        Assert.Contains("has the unknown type 0", Refused(Fragment(Zeros, 1)));
    }

    [Fact]
    public void ARecordLiesWithinItsBlock()
    {
        var most = new byte[WholeBlock];
        Assert.Equal([Convert.ToHexString(most)], Read(Fragment(Full, most)));
        byte[] log = [.. Fragment(Full, new byte[WholeBlock + 1]), .. new byte[LogBlock]];
        Assert.Contains("the record at byte 0 has 32762 bytes, more than its block", Refused(log));
        Assert.Contains("more than its block", Refused(log[..LogBlock]));
    }

    // The program that wrote it ended meanwhile.
    [Fact]
    public void ARecordThatTheFileCutsOffIsLeftOut()
    {
        byte[] first = Fragment(Full, 1, 2), second = Fragment(Full, 3, 4, 5);
        for (int length = 0; length < second.Length; length++)
        {
            Assert.Equal(["0102"], Read(first, second[..length]));
        }

        Assert.Empty(Read(Fragment(First, new byte[WholeBlock])));
        Assert.Empty(Read());
    }

    private static byte[] Fragment(byte type, params byte[] content) =>
    [
        .. LevelDbFiles.U32(Checksum([type, .. content])), (byte)content.Length, (byte)(content.Length >> 8), type,
        .. content,
    ];

    private List<string> Read(params byte[][] fragments)
    {
        File.WriteAllBytes(folder["log"], [.. fragments.SelectMany(f => f)]);
        using var map = new FileMap(folder["log"], "LevelDB log");
        var log = new LevelDbLog(map);
        List<string> records = [];
        while (log.Next(out LevelDbLogText text))
        {
            var bytes = new byte[text.Left];
            Assert.True(text.TryRead(bytes));
            Assert.False(text.TryByte(out _));
            records.Add(Convert.ToHexString(bytes));
        }

        return records;
    }

    private string Refused(params byte[][] fragments) =>
        Assert.Throws<CnnException>(() => Read(fragments)).Message;
}
