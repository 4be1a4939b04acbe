using Cnn.Layers.Data;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class Cifar10DataLayerTests : IDisposable
{
    private const int Size = 3 * 32 * 32;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ASingleFileIsTakenAsItIs()
    {
        byte[] records = Write("part.bin", 3);
        using DataRun run = Run("part.bin", Phase.Train, batch: 2);
        run.Pass(1);
        Assert.Equal([2, 3, 32, 32], run.Tops[0].Shape);
        Assert.Equal([2, 0], run.Labels);
        Assert.Equal(records.AsSpan((2 * (1 + Size)) + 1, Size).ToArray().Select(p => (float)p), run.Images.Take(Size));
    }

    [Fact]
    public void OfAFolderTrainingTakesFiveFilesAndTestingTheOther()
    {
        for (int i = 1; i <= 5; i++)
        {
            Write($"data_batch_{i}.bin", 10_000, first: i);
        }

        Write("test_batch.bin", 10_000, first: 7);
        using DataRun train = Run("", Phase.Train, batch: 1), test = Run("", Phase.Test, batch: 1);
        train.Pass(0);
        Assert.Equal([1], train.Labels);
        train.Pass(10_000);
        Assert.Equal([2], train.Labels);
        train.Pass(50_001);
        Assert.Equal([2], train.Labels);
        test.Pass(10_000);
        Assert.Equal([7], test.Labels);
    }

    [Fact]
    public void MistakesAreExplained()
    {
        Write("part.bin", 3);
        File.WriteAllBytes(folder["part.bin"], File.ReadAllBytes(folder["part.bin"])[..^1]);
        Assert.Contains("is not records of 3073 bytes", Error("part.bin"));
        File.WriteAllBytes(folder["part.bin"], [11, .. new byte[Size]]);
        Assert.Contains("is 11, not one of ten classes", Error("part.bin"));
        Assert.Contains("nowhere.bin", Error("nowhere.bin"));
        Assert.Contains("holds neither", Error(""));

        string Error(string source) =>
            Assert.Throws<CnnException>(() => Run(source, Phase.Train, batch: 1)).Message;
    }

    private byte[] Write(string name, int count, int first = 0)
    {
        var records = new byte[count * (1 + Size)];
        new Random(first).NextBytes(records.AsSpan(0, Math.Min(records.Length, 5 * (1 + Size))));
        for (int i = 0; i < count; i++)
        {
            records[i * (1 + Size)] = (byte)((first + i) % 10);
        }

        File.WriteAllBytes(folder[name], records);
        return records;
    }

    private DataRun Run(string source, Phase phase, uint batch) => new(
        context => new Cifar10DataLayer(context),
        new LayerParameter
        {
            Name = "data",
            Type = "Cifar10Data",
            Phase = phase,
            Cifar10DataParam = new Cifar10DataParameter { Source = folder[source], BatchSize = batch },
        });
}
