using System.Reflection;
using Cnn.Campaigns.References;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Campaigns.References;

public sealed class ReferenceTableTests
{
    private const int Draws = 1000;
    private const string Depth = "it is an option of Convolution3D and Pooling3D alone";

    private const string Sequence = "it sorts and selects boxes: golden cases and tests of each rule compare it";

    // Families whose references draw every option.
    private static readonly string[] Complete = ["normalization", "recurrent", "vision"];

    // Why a type of a family with references may have none.
    private static readonly Dictionary<string, string> WithoutReference = new(StringComparer.Ordinal)
    {
        ["EvalDetection"] = Sequence,
        ["MultiBoxLoss"] = Sequence,
        ["Proposal"] = Sequence,
        ["RegionLoss"] = Sequence,
        ["Yolov3"] = Sequence,
    };

    // Why an option of a type, or of all, is not drawn.
    private static readonly Dictionary<string, string> NotDrawn = new(StringComparer.Ordinal)
    {
        ["BatchNorm.bias_term"] = "false is refused",
        ["BatchNorm.relu"] = "true is refused",
        ["*.kernel_depth"] = Depth,
        ["*.temporal_stride"] = Depth,
        ["*.temporal_pad"] = Depth,
        ["*.filter_group"] = Depth,
    };

    public static TheoryData<string> Types => [.. Complete.SelectMany(f => ReferenceTable.Families[f])];

    [Fact]
    [Trait("Category", "Unit")]
    public void EachLayerTypeHasAReferenceOrAReason()
    {
        string[] missing =
        [
            .. from layer in typeof(Layer).Assembly.GetTypes()
               let type = layer.GetCustomAttribute<LayerTypeAttribute>()?.Name
               let family = layer.Namespace!.Split('.')[^1].ToLowerInvariant()
               where type is not null && ReferenceTable.Families.ContainsKey(family)
               where !ReferenceTable.ByType.ContainsKey(type) && !WithoutReference.ContainsKey(type)
               select type,
        ];

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Types))]
    [Trait("Category", "Unit")]
    public void EveryOptionIsDrawn(string type)
    {
        var drawn = new HashSet<FieldDescriptor>();
        var messages = new HashSet<MessageDescriptor>();
        var cases = (IReferenceCases)ReferenceTable.ByType[type];
        for (int i = 0; i < Draws; i++)
        {
            LayerParameter layer = cases.Draw(new PhiloxRandom(1, (ulong)i), type).Layer;
            foreach (FieldDescriptor field in LayerParameter.Descriptor.Fields.InFieldNumberOrder())
            {
                if (field.Name.EndsWith("_param", StringComparison.Ordinal) && field.Accessor.GetValue(layer) is IMessage options)
                {
                    messages.Add(options.Descriptor);
                    drawn.UnionWith(options.Descriptor.Fields.InFieldNumberOrder().Where(f => IsSet(options, f)));
                }
            }
        }

        Assert.Empty(messages.SelectMany(m => m.Fields.InFieldNumberOrder())
            .Where(f => !drawn.Contains(f) && !IsExcused(type, f.Name)).Select(f => f.FullName));
    }

    private static bool IsExcused(string type, string option) =>
        NotDrawn.ContainsKey($"{type}.{option}") || NotDrawn.ContainsKey($"*.{option}");

    private static bool IsSet(IMessage message, FieldDescriptor field) => field.IsRepeated
        ? ((System.Collections.ICollection)field.Accessor.GetValue(message)).Count > 0
        : field.Accessor.HasValue(message);
}
