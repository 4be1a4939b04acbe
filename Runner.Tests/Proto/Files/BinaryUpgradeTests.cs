using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;
using Google.Protobuf;
using LayerType = Cnn.Proto.V1LayerParameter.Types.LayerType;

namespace Cnn.Tests.Proto.Files;

/// <summary>Binary files have no lines, so the errors of what is made of them name the file alone.</summary>
[Trait("Category", "Unit")]
public sealed class BinaryUpgradeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ANumberThatIsNoTypeOfALayerIsAnError()
    {
        var layer = new V1LayerParameter { Name = "a", Type = (LayerType)999 };
        var net = new NetParameter { Layers = { layer } };

        Refuses(Save(net), "unknown V1 layer type 999", path => ProtoFile.LoadNet(path));
        Refuses(
            Save(new SolverParameter { TrainNetParam = net }),
            "unknown V1 layer type 999",
            path => ProtoFile.LoadSolver(path));
    }

    [Fact]
    public void MistakesOfOldNetsNameTheFile()
    {
        var both = new NetParameter { Layer = { new LayerParameter() }, Layers = { new V1LayerParameter() } };
        Refuses(Save(both), "both 'layer' and 'layers'", path => ProtoFile.LoadNet(path));
        Refuses(
            Save(new NetParameter { Input = { "a" }, InputDim = { 1 } }),
            "'input_dim'",
            path => ProtoFile.LoadNet(path));
        Refuses(
            Save(new NetParameter
            {
                Layers = { new V1LayerParameter { Layer = new V0LayerParameter { Type = "x" } } },
            }),
            "unknown V0 layer type 'x'",
            path => ProtoFile.LoadNet(path));
    }

    [Fact]
    public void TheUpgradeOfABinaryNetNamesTheFile()
    {
        string path = Save(new NetParameter { Layers = { new V1LayerParameter { Type = (LayerType)999 } } });
        CommandLine run = CommandLine.Run("upgrade_net_proto_binary", path, folder["out.caffemodel"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(path, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AMeanFileWithHalfANumberIsNamed()
    {
        var mean = new BlobProto
        {
            Num = 1, Channels = 1, Height = 1, Width = 1,
            RawDataType = BlobProto.Types.RawType.Double, RawData = ByteString.CopyFrom(1, 2, 3),
        };
        Refuses(Save(mean), "are no whole number of", path => MeanFile.Read(path, out _));
    }

    private static void Refuses(string path, string problem, Action<string> read)
    {
        CnnException refusal = Assert.Throws<CnnException>(() => read(path));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    private string Save(IMessage message)
    {
        string path = folder["file.bin"];
        File.WriteAllBytes(path, message.ToByteArray());
        return path;
    }
}
