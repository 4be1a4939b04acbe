using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Runner.DataSets;
using Cnn.Runner.DataSets.Inspection;
using Google.Protobuf;

namespace Cnn.Tests.Runner.DataSets;

/// <summary>A thousand damaged databases: each is an error for the user, or is read.</summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedDatabaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheToolsEndInAReportOrAnError()
    {
        TestImages.WriteDatabase(folder["db"], Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? TestImages.Raw(TestImages.Image(i, 3, 6, 5), i)
            : new Datum
            {
                Data = ByteString.CopyFrom(
                    ImageEncoder.Encode(TestImages.Image(i, 3, 6, 5), i % 4 == 1 ? "png" : "jpg")),
                Encoded = true,
            }));
        byte[] whole = File.ReadAllBytes(folder["db/data.mdb"]);
        var random = new Random(5);
        int refused = 0, bad = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            for (int hits = random.Next(1, 30); hits > 0; hits--)
            {
                // Pages of the metadata, and the records behind them.
                damaged[random.Next(i % 3 == 0 ? 0 : 8192, damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(folder["db/data.mdb"], damaged);
            try
            {
                bad += SourceInspector.Inspect(
                    folder["db"],
                    new InspectionOptions { Threads = 1, Sheet = i % 50 == 0 ? folder["sheet.png"] : null },
                    cancel: TestContext.Current.CancellationToken).BadCount > 0 ? 1 : 0;
                ImageMean.Compute(folder["db"], threads: 1, cancel: TestContext.Current.CancellationToken);
            }
            catch (CnnException)
            {
                refused++;
            }
        }

        Assert.True(refused > 300, $"only {refused} of 1000 were refused");
        Assert.True(bad > 300, $"only {bad} of 1000 had records that cannot be decoded");
    }
}
