using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Weights;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Engine.Export;

/// <summary>Weights by name, in safetensors and .npz files, and back.</summary>
[Trait("Category", "Unit")]
public sealed class WeightExportTests : IDisposable
{
    private static readonly string[] Extensions = [".safetensors", ".npz"];

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    public static TheoryData<string> Models =>
    [
        "lenet/lenet", "lenet5-1998/lenet5", "mnist-siamese/siamese", "squeezenet/deploy", "resnet18-small/deploy",
        "shufflenet/deploy", "mobilenet-ssd/deploy", "toolbox-cnn/cnn",
    ];

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void NetsComeBackWithTheirBits(string model)
    {
        NetDefinition definition = NetDefinition.Load(Repository.PathOf("Models", model + ".prototxt"));
        using Net net = Net.Build(definition, Options(seed: 1));
        foreach (string extension in Extensions)
        {
            string path = folder["w" + extension];
            ExportedWeights written = net.ExportWeights(path);
            using Net back = Net.Build(definition, Options(seed: 2) with { Weights = [path], WeightsAreStrict = true });

            Assert.Equal(net.Learnable.Sum(p => (long)p.Blob.Count), written.Values);
            Assert.Equal(net.Learnable.Count, written.Names.Count);
            RequireEqual(net, back);
        }
    }

    [Fact]
    [Trait("Category", "Golden")]
    public void EveryBuiltInLayerOfTheGoldenCasesComesBackByTheNamesThatOnnxFilesHave()
    {
        var types = new HashSet<string>();
        foreach (var (_, path) in GoldenFolders.Cases("layers").Concat(GoldenFolders.Cases("nets")))
        {
            var golden = new GoldenCase(path);
            using Net net = Build(golden);
            NetLayer[] learned = [.. net.Layers.Where(l => l.Parameters.Count > 0)];
            if (learned.Length == 0)
            {
                continue;
            }

            foreach (NetLayer layer in learned)
            {
                string[] names = ParameterNames.Of(layer.Layer);
                Assert.Equal(names.Length, names.Distinct().Count());
                Assert.All(names, name => Assert.DoesNotMatch(@"^blob|\.", name));
                types.Add(layer.Type);
            }

            RequireOnnxNames(net, learned);
            FillWithAnyBits(learned);
            foreach (string extension in Extensions)
            {
                net.ExportWeights(folder["w" + extension]);
                using Net back = Build(golden);
                back.CopyWeightsFrom(folder["w" + extension]);
                RequireEqual(net, back);
            }
        }

        Assert.Superset(
            new HashSet<string>
            {
                "BatchNorm", "Bias", "BN", "Convolution", "Deconvolution", "Embed", "InnerProduct", "LSTM", "Normalize",
                "Parameter", "PReLU", "RNN", "Scale",
            },
            types);
    }

    [Fact]
    public void TheOrderIsThatOfTheNetAndNamesKeepTheirSlashesAndDots()
    {
        const string Text = """
            layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 dim: 3 dim: 3 } } }
            layer { name: "incept/3x3.a" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2
              kernel_size: 3 } }
            layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" }
            layer { name: "bias" type: "Bias" bottom: "c" top: "c" }
            layer { name: "p" type: "PReLU" bottom: "c" top: "c" }
            layer { name: "a" type: "InnerProduct" bottom: "c" top: "a" inner_product_param { num_output: 2
              bias_term: false } }
            """;
        using Net net = Net.Build(NetDefinition.Parse(Text), Options(seed: 1));

        ExportedWeights written = net.ExportWeights(folder["w.npz"]);

        Assert.Equal(
            [
                "incept/3x3.a.weight", "incept/3x3.a.bias", "bn.running_mean", "bn.running_var", "bn.scale_factor",
                "bias.bias", "p.weight", "a.weight",
            ],
            written.Names);
        Assert.Equal(36 + 2 + 2 + 2 + 1 + 2 + 2 + 4, written.Values);
    }

    // Names of Caffe are bytes of any encoding: the third is GBK's.
    [Theory]
    [InlineData("")]
    [InlineData("höhe/日本😀")]
    [InlineData("\uEFD6\uEFD0")]
    [InlineData("__metadata__")]
    [InlineData("..//a \\\\ b'<&>")]
    public void LayersOfAnyNameComeBack(string name)
    {
        foreach (string extension in Extensions)
        {
            string path = folder["w" + extension];
            var definition = NetDefinition.Parse(Text("NAME").Replace("NAME", name, StringComparison.Ordinal));
            using Net net = Net.Build(definition, Options(seed: 1));
            net.ExportWeights(path);
            using Net back = Net.Build(definition, Options(seed: 2) with { Weights = [path], WeightsAreStrict = true });

            RequireEqual(net, back);
        }
    }

    [Fact]
    public void APluginsParametersAreNumbered()
    {
        string net = folder.Write("net.prototxt", """
            layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
            layer { name: "own" type: "TwoBlobs" bottom: "x" top: "y" }
            """);
        var options = Options(seed: 1) with { Layers = new LayerRegistry() };
        options.Layers.Add("TwoBlobs", context => new TwoBlobsLayer(context));
        using Net built = Net.Load(net, options: options);

        Assert.Equal(["own.blob0", "own.blob1"], built.ExportWeights(folder["w.safetensors"]).Names);
    }

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.npz")]
    public void SavedWeightsAreThoseOfTheExtension(string name)
    {
        using Net net = Small();
        net.SaveWeights(folder[name]);
        byte[] saved = File.ReadAllBytes(folder[name]);

        net.ExportWeights(folder[name]);

        Assert.Equal(saved, File.ReadAllBytes(folder[name]));
    }

    [Theory]
    [InlineData("w.onnx")]
    [InlineData("w")]
    [InlineData("w.npy")]
    public void AnotherExtensionIsRefused(string name)
    {
        using Net net = Small();

        var error = Assert.Throws<CnnException>(() => net.ExportWeights(folder[name]));

        Assert.Equal(
            $"'{folder[name]}': the extension does not say which format to write; use .safetensors or .npz",
            error.Message);
        Assert.False(NetExport.IsOfWeights(folder[name]));
    }

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.npz")]
    public void AFolderThatIsNotThereIsNamed(string name)
    {
        using Net net = Small();

        var error = Assert.Throws<CnnException>(() => net.ExportWeights(folder[$"no/{name}"]));

        Assert.Equal(
            $"cannot write '{folder[$"no/{name}"]}': there is no folder '{folder["no"]}'; make it first",
            error.Message);
    }

    [Fact]
    public void TwoLayersOfANameAreRefusedAndNothingIsWritten()
    {
        using Net net = Net.Build(NetDefinition.Parse(Text("ip") + InnerProduct("ip", "ip", "b")), Options(seed: 1));

        string error = Assert.Throws<CnnException>(() => net.ExportWeights(folder["w.npz"])).Message;

        Assert.Contains("two layers with parameters are named 'ip'", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void ANetWithoutParametersIsRefused()
    {
        using Net net = Net.Build(new NetDefinition("q").Input("x", 1, 2).Add("Power", "y", "x"), Options(seed: 1));

        Assert.Equal(
            "the net has no parameters, so there are no weights to write",
            Assert.Throws<CnnException>(() => net.ExportWeights(folder["w.npz"])).Message);
    }

    [Theory]
    [InlineData(".safetensors")]
    [InlineData(".npz")]
    public void ASharedParameterIsWrittenOnceAndReadByBoth(string extension)
    {
        string text = Text("a", "param { name: 'w' }") + InnerProduct("b", "x", "c", "param { name: 'w' }");
        using Net net = Net.Build(NetDefinition.Parse(text), Options(seed: 1));
        string path = folder["w" + extension];

        Assert.Equal(["a.weight", "a.bias", "b.bias"], net.ExportWeights(path).Names);

        using Net back = Net.Build(
            NetDefinition.Parse(text), Options(seed: 2) with { Weights = [path], WeightsAreStrict = true });
        RequireEqual(net, back);
    }

    [Theory]
    [InlineData(".safetensors")]
    [InlineData(".npz")]
    public void LayersOnOneSideOnlyAreReportedAndRefusedWhereWeightsMustFitStrictly(string extension)
    {
        string path = folder["w" + extension];
        Write(path, ("ip.weight", [2, 2]), ("ip.bias", [2]), ("other.1.weight", [3]));
        var definition = NetDefinition.Parse(Text("ip") + InnerProduct("more", "x", "b"));
        using Net net = Net.Build(definition, Options(seed: 1));

        WeightReport report = net.CopyWeightsFrom(path);

        Assert.Equal(["ip"], report.Copied);
        Assert.Equal(["other.1"], report.IgnoredWithWeights);
        Assert.Equal(["more"], report.Kept);
        Assert.Equal([1, 1, 1, 1], net.FindLayer("ip").Parameters[0].Data);
        var error = Assert.Throws<CnnException>(
            () => Net.Build(definition, Options(seed: 1) with { Weights = [path], WeightsAreStrict = true }));
        Assert.Equal(
            "the weights must fit strictly: 1 layer(s) without weights in the files: more; "
            + "1 layer(s) of the files not in the net: other.1",
            error.Message);
    }

    [Theory]
    [InlineData("ip.gamma", new[] { 2 }, "'ip.gamma' is none of its parameters in the net; it has ip.weight, ip.bias;")]
    [InlineData("ip", new[] { 2 }, "'ip' is none of its parameters in the net; it has ip.weight, ip.bias; rename")]
    [InlineData("x.weight", new[] { 2 }, "'x.weight' is none of its parameters in the net; it has none; rename")]
    [InlineData("ip.bias", new[] { 2 }, "has 1 parameter(s) there, 2 in the net; parameter 'weight' is missing;")]
    [InlineData("ip.weight", new[] { 4 }, "parameter 'weight' has shape 4 there, 2 2 (4) in the net; rename")]
    public void WhatDoesNotFitIsRefusedInWordsAndTheNetUnchanged(string name, int[] shape, string expected)
    {
        foreach (string extension in Extensions)
        {
            string path = folder["w" + extension];
            Write(path, (name, shape));
            using Net net = Small();
            float[] before = net.FindLayer("ip").Parameters[0].Data.ToArray();

            string error = Assert.Throws<CnnException>(() => net.CopyWeightsFrom(path)).Message;

            Assert.StartsWith(
                $"layer '{name.Split('.')[0]}': {path}: {expected}", error, StringComparison.Ordinal);
            Assert.Equal(before, net.FindLayer("ip").Parameters[0].Data);
        }
    }

    [Fact]
    public void WholeNumbersAFloatCannotHoldLeaveTheNetUnchanged()
    {
        byte[] header = [.. """
            {"ip.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
             "ip.weight":{"dtype":"I32","shape":[2,2],"data_offsets":[8,24]}}
            """u8];
        byte[] data = [.. new byte[8], .. new byte[12], 1, 0, 0, 1];
        string path = folder["w.safetensors"];
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. data]);
        using Net net = Small();
        float[] before = net.FindLayer("ip").Parameters[1].Data.ToArray();

        string error = Assert.Throws<CnnException>(() => net.CopyWeightsFrom(path)).Message;

        Assert.Contains("'ip.weight': holds the whole number 16777217", error, StringComparison.Ordinal);
        Assert.Equal(before, net.FindLayer("ip").Parameters[1].Data);
    }

    // What the ONNX exporter takes from a blob as it is has the same name there.
    private static void RequireOnnxNames(Net net, IEnumerable<NetLayer> learned)
    {
        OnnxExport export;
        try
        {
            export = OnnxExporter.Export(net, new OnnxOptions());
        }
        catch (CnnException)
        {
            return;
        }

        // A parameter that layers share is there under the name of each.
        foreach (NetLayer layer in learned)
        {
            string[] names = ParameterNames.Of(layer.Layer);
            for (int i = 0; i < names.Length; i++)
            {
                foreach (OnnxWeight weight in export.Weights.Where(w => IsOf(w, layer.Parameters[i])))
                {
                    Assert.Matches($@"\.{names[i]}(_\d+)?$", weight.Name);
                }
            }
        }
    }

    private static void FillWithAnyBits(IEnumerable<NetLayer> layers)
    {
        uint bits = 1;
        foreach (NetLayer layer in layers)
        {
            foreach (Blob blob in layer.Parameters)
            {
                foreach (ref float value in blob.Data)
                {
                    value = BitConverter.UInt32BitsToSingle(bits *= 2_654_435_761);
                }
            }

            if (layer.Type == "BatchNorm")
            {
                // A layer with a scale divides the statistics by the factor as soon as they are loaded.
                layer.Parameters[2].Data[0] = 1;
            }
        }
    }

    private static bool IsOf(OnnxWeight weight, Blob blob) => blob.Count > 0 && Unsafe.AreSame(
        ref MemoryMarshal.GetReference(weight.Values()), ref MemoryMarshal.GetReference<float>(blob.Data));

    private static void RequireEqual(Net expected, Net actual)
    {
        Assert.Equal(expected.Learnable.Count, actual.Learnable.Count);
        foreach (var (ours, theirs) in expected.Learnable.Zip(actual.Learnable))
        {
            Assert.True(
                MemoryMarshal.AsBytes<float>(ours.Blob.Data).SequenceEqual(
                    MemoryMarshal.AsBytes<float>(theirs.Blob.Data)),
                $"{ours.Owner.Name}, parameter {ours.Index}");
        }
    }

    private static void Write(string path, params (string Name, int[] Shape)[] arrays) => NamedArrayFiles.Write(
        path,
        [
            .. arrays.Select(a => new NamedArray(a.Name, new Cnn.Tests.Proto.Formats.MemorySnapshotArray(
                a.Shape, [.. Enumerable.Repeat(1f, a.Shape.Aggregate(1, (x, y) => x * y))]))),
        ],
        []);

    private static string Text(string layer, string parameters = "") => $$"""
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
        {{InnerProduct(layer, "x", "ip", parameters)}}
        """;

    private static string InnerProduct(string name, string bottom, string top, string parameters = "") => $$"""

        layer { name: "{{name}}" type: "InnerProduct" bottom: "{{bottom}}" top: "{{top}}" {{parameters}}
          inner_product_param { num_output: 2 weight_filler { type: "gaussian" } bias_filler { type: "gaussian" } } }
        """;

    private NetOptions Options(long seed) => new() { Phase = Phase.Test, Pool = pool, Seed = seed };

    private Net Small() => Net.Build(NetDefinition.Parse(Text("ip")), Options(seed: 1));

    private Net Build(GoldenCase golden) => Net.Build(
        golden.Definition, Options(seed: 1) with { Level = golden.Level, Stages = golden.Stages });

    private sealed class TwoBlobsLayer(LayerContext context) : Layer(context)
    {
        public override BlobCount BottomCount => BlobCount.Exactly(1);

        public override BlobCount TopCount => BlobCount.Exactly(1);

        public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
        {
            AddBlob(null, 2);
            AddBlob(null, 3);
        }

        public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
            tops[0].ReshapeLike(bottoms[0]);

        public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
        {
        }
    }
}
