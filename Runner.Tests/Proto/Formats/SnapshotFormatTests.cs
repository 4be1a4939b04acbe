using global::Cnn.Proto;
using Cnn.Proto.Formats;
using Choice = global::Cnn.Proto.SolverParameter.Types.SnapshotFormat;

namespace Cnn.Tests.Proto.Formats;

/// <summary>What every snapshot format preserves; a new format is tested as soon as it is in the list.</summary>
[Trait("Category", "Unit")]
public sealed class SnapshotFormatTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<Choice> Formats => [.. SnapshotFormats.All.Select(format => format.Choice)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EveryChoiceOfTheSchemaHasOneFormatAndEveryFormatASuffixOfItsOwn()
    {
        Assert.Equal(Enum.GetValues<Choice>().Order(), SnapshotFormats.All.Select(format => format.Choice).Order());
        Assert.Equal(SnapshotFormats.All.Count, SnapshotFormats.All.Select(format => format.Suffix).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void WeightsThatAreWrittenAreRead(Choice choice)
    {
        string path = WriteWeights(choice, withDiff: true);

        using WeightsFile file = WeightsFile.Open(path);

        // Not every format keeps the order of the net.
        Assert.Equal(["a", "data", "höhe"], file.Layers.Select(layer => layer.Name).Order(StringComparer.Ordinal));
        StoredLayer a = file.Layers.Single(layer => layer.Name == "a");
        Assert.Equal(2, a.Blobs.Count);
        Assert.Equal("2 3", a.Blobs[0]!.ShapeText);
        Assert.True(a.Blobs[0]!.Fits([2, 3]));
        Assert.Equal([1, 2, 3, 4, 5, 6.5f], Values(a.Blobs[0]!.Data));
        Assert.Equal([float.MinValue, float.NaN], Values(a.Blobs[1]!.Data));
        Assert.Empty(file.Layers.Single(layer => layer.Name == "data").Blobs);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void ASharedParameterIsReadFromItsOwnerAtLeast(Choice choice)
    {
        using WeightsFile file = WeightsFile.Open(WriteWeights(choice, withDiff: false));

        IReadOnlyList<StoredBlob?> blobs = file.Layers.Single(layer => layer.Name == "höhe").Blobs;

        Assert.Equal(2, blobs.Count);
        Assert.True(blobs[0] is null || Values(blobs[0]!.Data).SequenceEqual([1, 2, 3, 4, 5, 6.5f]));
        Assert.Equal([7], Values(blobs[1]!.Data));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void AStateThatIsWrittenIsRead(Choice choice)
    {
        string path = WriteState(choice);

        using StateFile state = StateFile.Open(path);

        Assert.Equal((123456789, 3), (state.Iteration, state.CurrentStep));
        Assert.Equal("ß/snap_iter_5.caffemodel", state.LearnedNet);
        Assert.Equal(("Adam", 7L), (state.Extensions.SolverType, state.Extensions.RandomSeed));
        Assert.Equal([0.5f, 2], Assert.Single(Assert.Single(state.Extensions.LayerState).Blobs).Data);
        Assert.Equal(12, state.History.Count);
        Assert.All(state.History.Index(), entry => Assert.Equal([entry.Index, 2], Values(entry.Item.Data)));
        Assert.Equal("2 1", state.History[11].ShapeText);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void AFileIsOfOneFormatWhateverItsName(Choice choice)
    {
        string weights = folder["weights"], state = folder["state"];
        File.Move(WriteWeights(choice, withDiff: false), weights);
        File.Move(WriteState(choice), state);

        Assert.Equal(choice, SnapshotFormats.Find(weights)!.Choice);
        Assert.Equal(choice, SnapshotFormats.Find(state)!.Choice);
        using WeightsFile file = WeightsFile.Open(weights);
        Assert.Equal(3, file.Layers.Count);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void AFilesNameSaysTheFormatToWrite(Choice choice)
    {
        string suffix = SnapshotFormats.Of(choice).Suffix;

        Assert.Equal(choice, SnapshotFormats.ForName("a.caffemodel" + suffix).Choice);
        Assert.Equal("a.caffemodel", SnapshotFormats.WithoutSuffix("a.caffemodel" + suffix));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void AFileThatIsCutIsReadOrRefusedWithItsName(Choice choice)
    {
        foreach (string whole in (string[])[WriteWeights(choice, withDiff: true), WriteState(choice)])
        {
            byte[] bytes = File.ReadAllBytes(whole);
            string path = folder["cut" + Path.GetFileName(whole)];
            int refused = 0, tried = 0;
            for (int length = 1; length < bytes.Length; length += bytes.Length < 1000 ? 1 : 37)
            {
                File.WriteAllBytes(path, bytes[..length]);
                refused += IsRefused(path, whole.Contains("state", StringComparison.Ordinal)) ? 1 : 0;
                tried++;
            }

            Assert.InRange(refused, tried / 2, tried);
        }
    }

    [Theory]
    [InlineData(Choice.Hdf5, "", "it is empty")]
    [InlineData(Choice.Hdf5, "a/b", "it has a '/'")]
    [InlineData(Choice.Hdf5, "twice", "two layers have it")]
    public void NamesThatAFormatCannotHoldAreRefusedInWords(Choice choice, string name, string expected)
    {
        var error = Assert.Throws<CnnException>(() => SnapshotFormats.Of(choice).RequireNames(["twice", name]));

        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        SnapshotFormats.Of(Choice.Binaryproto).RequireNames(["twice", name]);
    }

    [Fact]
    public void TextIsNoSolverState()
    {
        string path = folder.Write("state.txt", "iter: 5");

        string error = Assert.Throws<CnnException>(() => StateFile.Open(path)).Message;

        Assert.Equal($"{path}: is text, not a solver state", error);
    }

    private static bool IsRefused(string path, bool isState)
    {
        try
        {
            if (isState)
            {
                using StateFile state = StateFile.Open(path);
                Assert.All(state.History, blob => Values(blob.Data));
            }
            else
            {
                using WeightsFile file = WeightsFile.Open(path);
                Assert.All(file.Layers.SelectMany(layer => layer.Blobs), blob => Values(blob?.Data));
            }

            return false;
        }
        catch (CnnException exception)
        {
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static float[] Values(StoredArray? array)
    {
        var values = new float[array?.Count ?? 0];
        array?.CopyTo(values);
        return values;
    }

    private string WriteWeights(Choice choice, bool withDiff)
    {
        float[] weights = [1, 2, 3, 4, 5, 6.5f];
        var net = new SnapshotNet(
            "n",
            [
                Layer("data"),
                Layer("höhe", Array([2, 3], weights, isShared: true), Array([1], [7])),
                Layer("a", Array([2, 3], weights), Array([2], [float.MinValue, float.NaN])),
            ]);
        return Write("n.caffemodel", choice, (format, stream) => format.WriteWeights(net, withDiff, stream));

        static SnapshotLayer Layer(string name, params SnapshotArray[] parameters) =>
            new(new LayerParameter { Name = name, Type = "InnerProduct" }, parameters);

        static SnapshotArray Array(int[] shape, float[] data, bool isShared = false) =>
            new MemorySnapshotArray(shape, data, data, isShared);
    }

    private string WriteState(Choice choice)
    {
        var state = new SolverState
        {
            Iter = 123456789,
            CurrentStep = 3,
            LearnedNet = "ß/snap_iter_5.caffemodel",
            SolverType = "Adam",
            RandomSeed = 7,
            LayerState = { new LayerState { Layer = "rnn", Blobs = { new BlobProto { Data = { 0.5f, 2 } } } } },
        };
        SnapshotArray[] history = [.. Enumerable.Range(0, 12).Select(i => new MemorySnapshotArray([2, 1], [i, 2]))];
        return Write("n.solverstate", choice, (format, stream) => format.WriteState(state, history, stream));
    }

    private string Write(string name, Choice choice, Action<ISnapshotFormat, Stream> write)
    {
        ISnapshotFormat format = SnapshotFormats.Of(choice);
        string path = folder[name + format.Suffix];
        using FileStream stream = File.Create(path);
        write(format, stream);
        return path;
    }
}
