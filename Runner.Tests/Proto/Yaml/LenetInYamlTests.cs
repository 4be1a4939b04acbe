using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Yaml;

[Trait("Category", "Unit")]
public class LenetInYamlTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Models", "lenet");

    [Fact]
    public void TheNetInYamlIsTheNetInPrototxt() => Assert.Equal(
        Print(TextFormat.Parse<NetParameter>(Read("lenet_train_test.prototxt"), "lenet")),
        Print(YamlFormat.Parse<NetParameter>(Read("lenet_train_test.yaml"), "lenet")));

    [Fact]
    public void TheSolverInYamlDiffersInItsNetAlone()
    {
        var prototxt = TextFormat.Parse<SolverParameter>(Read("solver.prototxt"), "solver");
        var yaml = YamlFormat.Parse<SolverParameter>(Read("solver.yaml"), "solver");
        Assert.Equal("Models/lenet/lenet_train_test.yaml", yaml.Net);
        prototxt.Net = yaml.Net;
        Assert.Equal(Print(prototxt), Print(yaml));
    }

    // Comparing texts shows where a difference is; like the bytes, the text holds exactly what is set.
    private static string Print(IMessage message) => TextFormat.Print(message);

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));
}
