using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Yaml;

[Trait("Category", "Unit")]
public class YamlRoundTripTests
{
    public static TheoryData<string> MessageTypes() =>
        [.. AllTypes(CaffeReflection.Descriptor.MessageTypes).Select(m => m.FullName)];

    [Theory, MemberData(nameof(MessageTypes))]
    public void PrototxtToYamlToPrototxtGivesTheSameMessage(string type)
    {
        MessageDescriptor descriptor = AllTypes(CaffeReflection.Descriptor.MessageTypes).Single(m => m.FullName == type);
        for (int seed = 0; seed < 60; seed++)
        {
            IMessage message = new RandomMessages(seed).Next(descriptor);
            string prototxt = TextFormat.Print(message);
            IMessage fromText = TextFormat.Parse(descriptor, prototxt, "message.prototxt");
            string yaml = YamlFormat.Print(fromText);
            IMessage fromYaml = YamlFormat.Parse(descriptor, yaml, "message.yaml");

            // Bytes too: the classes' Equals does not tell an unset field from one set to its default.
            Assert.Equal(prototxt, TextFormat.Print(fromYaml));
            Assert.Equal(fromText.ToByteArray(), fromYaml.ToByteArray());
        }
    }

    [Fact]
    public void EveryPrototxtOfTheGoldensIsTheSameNetInYaml()
    {
        var files = GoldenFolders.Roots.SelectMany(r => Directory.EnumerateFiles(r, "net.prototxt", SearchOption.AllDirectories)).ToArray();
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            var net = TextFormat.Parse<NetParameter>(File.ReadAllText(file), file);
            Assert.Equal(net.ToByteArray(), YamlFormat.Parse<NetParameter>(YamlFormat.Print(net), file).ToByteArray());
        }
    }

    // The three messages of a free-form block are read as the block, not one by one.
    private static IEnumerable<MessageDescriptor> AllTypes(IEnumerable<MessageDescriptor> types) =>
        types.SelectMany(t => AllTypes(t.NestedTypes).Prepend(t))
            .Where(t => t != PluginOption.Descriptor && t != PluginValue.Descriptor);
}
