using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Events;

namespace Cnn.Tests.Proto.Formats.Events;

/// <summary>Records of TensorBoard's files: a length and a message, each with its checksum.</summary>
[Trait("Category", "Unit")]
public sealed class EventFileReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void RecordsComeInTheOrderInWhichTheyWereWritten()
    {
        Event[] events = Read(Written(out _));

        Assert.Equal(EventFileWriter.Version, events[0].FileVersion);
        Assert.Equal([(0L, 1f), (7L, 2f)], events[1..].Select(e => (e.Step, e.Summary.Value[0].SimpleValue)));
        Assert.All(events[1..], e => Assert.Equal("loss", e.Summary.Value[0].Tag));
        Assert.Empty(Read([]));
    }

    [Fact]
    public void AFileThatIsStillWrittenEndsBeforeTheRecordThatIsNotAllThere()
    {
        byte[] file = Written(out int[] ends);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Equal(ends.Count(end => end <= length), Read(file[..length]).Length);
        }
    }

    [Fact]
    public void ADamagedRecordIsToldWithItsPlace()
    {
        byte[] file = Written(out int[] ends);
        for (int record = 0; record < ends.Length; record++)
        {
            int start = record == 0 ? 0 : ends[record - 1];
            Assert.Equal(
                $"{folder["events"]}: the record at byte {start} is damaged: the checksum of its length is wrong",
                Problem(Damaged(file, start + 9)));
            Assert.Equal(
                $"{folder["events"]}: the record at byte {start} is damaged: the checksum of its message is wrong",
                Problem(Damaged(file, ends[record] - 1)));
        }
    }

    [Fact]
    public void AMessageThatIsNoEventIsToldWithItsPlace()
    {
        // A field of length 5 of which nothing follows.
        byte[] message = [0x1A, 5];
        byte[] length = [2, 0, 0, 0, 0, 0, 0, 0];
        byte[] file = [.. length, .. Checksum(length), .. message, .. Checksum(message)];

        Assert.EndsWith("the record at byte 0 is damaged: it is no event", Problem(file));
    }

    private static byte[] Damaged(byte[] file, int at)
    {
        byte[] damaged = [.. file];
        damaged[at] ^= 1;
        return damaged;
    }

    private static byte[] Checksum(byte[] bytes) => BitConverter.GetBytes(MaskedCrc32C.Of(bytes));

    // The version and two numbers; where each record ends.
    private static byte[] Written(out int[] ends)
    {
        using var stream = new MemoryStream();
        var writer = new EventFileWriter(stream, 1);
        ends = [(int)stream.Length, 0, 0];
        writer.Write("loss", 0, 2, 1);
        ends[1] = (int)stream.Length;
        writer.Write("loss", 7, 3, 2);
        ends[2] = (int)stream.Length;
        return stream.ToArray();
    }

    private string Problem(byte[] file) => Assert.Throws<CnnException>(() => Read(file)).Diagnostics[0].Message;

    private Event[] Read(byte[] file)
    {
        File.WriteAllBytes(folder["events"], file);
        return [.. EventFileReader.Read(folder["events"])];
    }
}
