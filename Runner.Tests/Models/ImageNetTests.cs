using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>AlexNet, CaffeNet, ZF Net, GoogLeNet, VGG-16 and VGG-19 as their files describe them.</summary>
[Trait("Category", "Unit")]
public sealed class ImageNetTests : IDisposable
{
    private readonly WorkerPool pool = new(2);
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Nets => new("alexnet", "caffenet", "zfnet", "googlenet", "vgg16", "vgg19");

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("alexnet", 60_965_224)]
    [InlineData("caffenet", 60_965_224)]
    [InlineData("zfnet", 62_357_608)]
    [InlineData("googlenet", 6_998_552)]
    [InlineData("vgg16", 138_357_544)]
    [InlineData("vgg19", 143_667_240)]
    public void TheDeployedNetHasThePublishedNumberOfParameters(string name, int published) =>
        Assert.Equal(published, ModelFolder.Counts(Deploy(name))["all"]);

    [Fact]
    public void TheAuxiliaryHeadsOfGoogLeNetHaveThePublishedNumberOfParameters() =>
        Assert.Equal(13_378_280, ModelFolder.Counts(Train("googlenet", 1, 224))["all"]);

    // Outputs x (channels of the group x kernel) + outputs.
    [Theory]
    [InlineData("alexnet", "conv1", 96 * 3 * 121 + 96)]
    [InlineData("alexnet", "conv2", 256 * 48 * 25 + 256)]
    [InlineData("alexnet", "conv3", 384 * 256 * 9 + 384)]
    [InlineData("alexnet", "conv4", 384 * 192 * 9 + 384)]
    [InlineData("alexnet", "conv5", 256 * 192 * 9 + 256)]
    [InlineData("alexnet", "fc6", 4096 * 256 * 36 + 4096)]
    [InlineData("alexnet", "fc7", 4096 * 4096 + 4096)]
    [InlineData("alexnet", "fc8", 1000 * 4096 + 1000)]
    [InlineData("caffenet", "conv1", 96 * 3 * 121 + 96)]
    [InlineData("caffenet", "conv2", 256 * 48 * 25 + 256)]
    [InlineData("caffenet", "conv3", 384 * 256 * 9 + 384)]
    [InlineData("caffenet", "conv4", 384 * 192 * 9 + 384)]
    [InlineData("caffenet", "conv5", 256 * 192 * 9 + 256)]
    [InlineData("caffenet", "fc6", 4096 * 256 * 36 + 4096)]
    [InlineData("zfnet", "conv1", 96 * 3 * 49 + 96)]
    [InlineData("zfnet", "conv2", 256 * 96 * 25 + 256)]
    [InlineData("zfnet", "conv3", 384 * 256 * 9 + 384)]
    [InlineData("zfnet", "conv4", 384 * 384 * 9 + 384)]
    [InlineData("zfnet", "conv5", 256 * 384 * 9 + 256)]
    [InlineData("zfnet", "fc6", 4096 * 256 * 36 + 4096)]
    [InlineData("vgg16", "conv1_1", 64 * 3 * 9 + 64)]
    [InlineData("vgg16", "conv1_2", 64 * 64 * 9 + 64)]
    [InlineData("vgg16", "conv2_1", 128 * 64 * 9 + 128)]
    [InlineData("vgg16", "conv3_3", 256 * 256 * 9 + 256)]
    [InlineData("vgg16", "conv4_1", 512 * 256 * 9 + 512)]
    [InlineData("vgg16", "conv5_3", 512 * 512 * 9 + 512)]
    [InlineData("vgg16", "fc6", 4096 * 512 * 49 + 4096)]
    [InlineData("vgg19", "conv3_4", 256 * 256 * 9 + 256)]
    [InlineData("vgg19", "conv5_4", 512 * 512 * 9 + 512)]
    [InlineData("googlenet", "conv1/7x7_s2", 64 * 3 * 49 + 64)]
    [InlineData("googlenet", "conv2/3x3", 192 * 64 * 9 + 192)]
    [InlineData("googlenet", "inception_4e/5x5", 128 * 32 * 25 + 128)]
    [InlineData("googlenet", "loss3/classifier", 1000 * 1024 + 1000)]
    public void ALayerHasTheNumberOfParametersThatItsShapeGives(string name, string layer, int count) =>
        Assert.Equal(count, ModelFolder.Counts(Deploy(name))[layer]);

    // The sum over the six convolutions of an inception, from the table of the paper.
    [Theory]
    [InlineData("3a", 192, 64, 96, 128, 16, 32, 32)]
    [InlineData("3b", 256, 128, 128, 192, 32, 96, 64)]
    [InlineData("4a", 480, 192, 96, 208, 16, 48, 64)]
    [InlineData("4b", 512, 160, 112, 224, 24, 64, 64)]
    [InlineData("4c", 512, 128, 128, 256, 24, 64, 64)]
    [InlineData("4d", 512, 112, 144, 288, 32, 64, 64)]
    [InlineData("4e", 528, 256, 160, 320, 32, 128, 128)]
    [InlineData("5a", 832, 256, 160, 320, 32, 128, 128)]
    [InlineData("5b", 832, 384, 192, 384, 48, 128, 128)]
    public void AnInceptionHasTheMapsOfThePaper(
        string module, int from, int one, int r3, int three, int r5, int five, int pool)
    {
        var counts = ModelFolder.Counts(Deploy("googlenet"));
        int expected = (from * (one + r3 + r5 + pool)) + (9 * r3 * three) + (25 * r5 * five)
            + one + r3 + three + r5 + five + pool;
        Assert.Equal(
            expected,
            counts.Where(c => c.Key.StartsWith($"inception_{module}/", StringComparison.Ordinal)).Sum(c => c.Value));
    }

    [Theory]
    [InlineData(
        "alexnet",
        "conv1 96 55, norm1 96 55, pool1 96 27, conv2 256 27, pool2 256 13, conv3 384 13, conv4 384 13, "
            + "conv5 256 13, pool5 256 6")]
    [InlineData(
        "caffenet",
        "conv1 96 55, pool1 96 27, norm1 96 27, conv2 256 27, pool2 256 13, norm2 256 13, conv5 256 13, pool5 256 6")]
    [InlineData(
        "zfnet",
        "conv1 96 110, pool1 96 55, norm1 96 55, conv2 256 26, pool2 256 13, conv3 384 13, conv4 384 13, "
            + "conv5 256 13, pool5 256 6")]
    [InlineData(
        "vgg16",
        "conv1_2 64 224, pool1 64 112, conv2_2 128 112, pool2 128 56, conv3_3 256 56, pool3 256 28, "
            + "conv4_3 512 28, pool4 512 14, conv5_3 512 14, pool5 512 7")]
    [InlineData(
        "vgg19",
        "conv1_2 64 224, pool1 64 112, conv2_2 128 112, pool2 128 56, conv3_4 256 56, pool3 256 28, "
            + "conv4_4 512 28, pool4 512 14, conv5_4 512 14, pool5 512 7")]
    [InlineData(
        "googlenet",
        "conv1/7x7_s2 64 112, pool1/3x3_s2 64 56, conv2/3x3 192 56, pool2/3x3_s2 192 28, inception_3a/output 256 28, "
            + "inception_3b/output 480 28, pool3/3x3_s2 480 14, inception_4a/output 512 14, inception_4b/output 512 "
            + "14, inception_4c/output 512 14, inception_4d/output 528 14, inception_4e/output 832 14, "
            + "pool4/3x3_s2 832 7, inception_5a/output 832 7, inception_5b/output 1024 7, pool5/7x7_s1 1024 1")]
    public void TheMapsHaveThePublishedSizes(string name, string maps)
    {
        Net deployed = Deploy(name), trained = Train(name, 2, name is "alexnet" or "caffenet" ? 227 : 224);
        foreach (string[] map in maps.Split(", ").Select(m => m.Split(' ')))
        {
            int channels = int.Parse(map[1]), side = int.Parse(map[2]);
            Assert.Equal([10, channels, side, side], deployed.FindBlob(map[0]).Shape.ToArray());
            Assert.Equal([2, channels, side, side], trained.FindBlob(map[0]).Shape.ToArray());
        }

        Assert.Equal([10, 1000], deployed.FindBlob("prob").Shape.ToArray());
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void ItsYamlIsTheSameNet(string name)
    {
        foreach (string file in (string[])["train_val", "deploy"])
        {
            Assert.Equal(Load(name, file + ".prototxt"), Load(name, file + ".yaml"));
        }

        SolverParameter text = ProtoFile.LoadSolver(PathOf(name, "solver.prototxt")).Message;
        SolverParameter yaml = ProtoFile.LoadSolver(PathOf(name, "solver.yaml")).Message;
        Assert.Equal($"Models/{name}/train_val.prototxt", text.Net);
        Assert.Equal($"Models/{name}/train_val.yaml", yaml.Net);
        yaml.Net = text.Net;
        Assert.Equal(text, yaml);
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void BothPhasesBuildAndTheTestCountsTheFirstAndTheFirstFive(string name)
    {
        int size = name is "alexnet" or "caffenet" ? 227 : 224;
        Net test = Net.Construct(
            new NetDefinition(WithInput(name, 2, size)), new NetOptions { Phase = Phase.Test, Pool = pool });
        Assert.Equal(name == "googlenet" ? 9 : 3, test.Outputs.Count);
        Assert.Contains(test.Layers, l => l.Type == "Accuracy" && l.Definition.AccuracyParam?.TopK == 5);
    }

    // At full size, except for the nets whose last maps may be smaller: there a smaller image tests as much.
    [Theory]
    [InlineData("alexnet", 99)]
    [InlineData("caffenet", 99)]
    [InlineData("zfnet", 96)]
    [InlineData("googlenet", 224)]
    [InlineData("vgg16", 64)]
    [InlineData("vgg19", 64)]
    public void AStepLowersTheLossOfItsBatch(string name, int size)
    {
        SolverParameter parameter = ProtoFile.LoadSolver(PathOf(name, "solver.prototxt")).Message;
        parameter.ClearNet();
        parameter.NetParam = WithInput(name, 4, size);
        parameter.BaseLr = 0.001f;
        parameter.IterSize = 1;
        parameter.TestInterval = 0;
        parameter.TestIter.Clear();
        parameter.Display = 0;
        parameter.RandomSeed = 1;
        using var solver = new Solver(new SolverDefinition(parameter), new SolverOptions { Pool = pool });
        Net net = solver.TrainNet;
        Fill(net);
        long pass = net.Clock.Pass;
        float before = net.Forward();
        net.Clock.Pass = pass;
        solver.Step();
        net.Clock.Pass = pass;

        Assert.InRange(net.Forward(), 0, before * 0.999f);
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void WeightsThatWereSavedGiveTheSameOutput(string name)
    {
        string file = folder["weights.caffemodel"];
        float[] expected;
        using (Net net = Net.Load(
            PathOf(name, "deploy.prototxt"), null, new NetOptions { Pool = pool, Inference = true }))
        {
            Scatter(net);
            SetImage(net);
            net.Forward();
            expected = net.FindBlob("prob").Data.ToArray();
            net.SaveWeights(file);
        }

        using Net again = Net.Load(
            PathOf(name, "deploy.prototxt"), file, new NetOptions { Pool = pool, Inference = true });
        SetImage(again);
        again.Forward();
        Assert.Equal(expected, again.FindBlob("prob").Data.ToArray());
        Assert.True(expected.Max() > 2 * expected.Min());
    }

    private static string PathOf(string name, string file) => Repository.PathOf("Models", name, file);

    private static NetParameter Load(string name, string file) => ProtoFile.LoadNet(PathOf(name, file)).Message;

    private static NetParameter WithInput(string name, int images, int size) =>
        ModelFolder.WithInput(Load(name, "train_val.prototxt"), images, size);

    // Bright squares on a dark background, one position per label.
    private static void Fill(Net net)
    {
        Blob data = net.FindInput("data"), label = net.FindInput("label");
        int size = data.Dim(3);
        for (int image = 0; image < data.Dim(0); image++)
        {
            label.Data[image] = image;
            for (int i = 0; i < 3 * size * size; i++)
            {
                int row = i / size % size, column = i % size;
                bool isBright = row * 4 / size == image && column * 3 / size == 1;
                data.Data[(image * 3 * size * size) + i] = isBright ? 120 : -40;
            }
        }
    }

    // A deployed net has no fillers. Weights of a size that lets values neither grow nor shrink from layer to layer.
    private static void Scatter(Net net)
    {
        uint state = 1;
        foreach (Blob weights in net.Layers.SelectMany(l => l.Parameters).Where(b => b.AxisCount > 1))
        {
            float scale = MathF.Sqrt(6f / weights.CountOf(1)) / int.MaxValue;
            foreach (ref float value in weights.Data)
            {
                state = (state * 1664525) + 1013904223;
                value = (int)state * scale;
            }
        }
    }

    private static void SetImage(Net net)
    {
        Blob data = net.FindInput("data");
        float[] pixels = new float[data.CountOf(1)];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = ((i * 31) % 211) - 105;
        }

        net.SetInput("data", pixels, 1, data.Dim(1), data.Dim(2), data.Dim(3));
    }

    private Net Deploy(string name) =>
        Net.Construct(new NetDefinition(Load(name, "deploy.prototxt")), new NetOptions { Pool = pool });

    private Net Train(string name, int images, int size) => Net.Construct(
        new NetDefinition(WithInput(name, images, size)), new NetOptions { Phase = Phase.Train, Pool = pool });
}
