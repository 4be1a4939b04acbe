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
    private const string Weightless = "there are no weights";
    private const string Refused = "the layer refuses it";
    private const string C3D = "files of C3D 1.0 write what Convolution3DParameter and Pooling3DParameter have";

    // Families whose references draw every option.
    private static readonly string[] Complete = ["normalization", "recurrent", "vision"];

    // Why an option is not drawn: of a type, of all types, or all options of a message that a type takes.
    private static readonly Dictionary<string, string> NotDrawn = new(StringComparer.Ordinal)
    {
        ["BatchNorm.bias_term"] = Refused,
        ["BatchNorm.relu"] = Refused,
        ["Convolution3D.ConvolutionParameter"] = C3D,
        ["ConvolutionDepthwise.axis"] = "its bottoms are [N, C, H, W]",
        ["ConvolutionDepthwise.connections"] = "each channel sees itself",
        ["ConvolutionDepthwise.negative_slope"] = "it belongs to relu",
        ["ConvolutionDepthwise.relu"] = "it is Intel's, whose fork has no such layer",
        ["Deconvolution.connections"] = Refused,
        ["Deconvolution.negative_slope"] = Refused,
        ["Deconvolution.pad_b"] = Refused,
        ["Deconvolution.pad_l"] = Refused,
        ["Deconvolution.pad_r"] = Refused,
        ["Deconvolution.pad_t"] = Refused,
        ["Deconvolution.pad_type"] = Refused,
        ["Deconvolution.relu"] = Refused,
        ["Im2col.bias_filler"] = Weightless,
        ["Im2col.bias_term"] = Weightless,
        ["Im2col.connections"] = Weightless,
        ["Im2col.group"] = Weightless,
        ["Im2col.negative_slope"] = Weightless,
        ["Im2col.num_output"] = Weightless,
        ["Im2col.relu"] = Weightless,
        ["Im2col.weight_filler"] = Weightless,
        ["Pooling3D.PoolingParameter"] = C3D,
        ["*.filter_group"] = Depth,
        ["*.kernel_depth"] = Depth,
        ["*.temporal_pad"] = Depth,
        ["*.temporal_stride"] = Depth,
    };

    public static TheoryData<string> Types => [.. Complete.SelectMany(f => ReferenceTable.Families[f])];

    [Fact]
    [Trait("Category", "Unit")]
    public void EachLayerTypeHasAReference()
    {
        string[] missing =
        [
            .. from layer in typeof(Layer).Assembly.GetTypes()
               let type = layer.GetCustomAttribute<LayerTypeAttribute>()?.Name
               where type is not null
               let family = layer.Namespace!.Split('.')[^1].ToLowerInvariant()
               where ReferenceTable.Families.ContainsKey(family)
               where !ReferenceTable.ByType.ContainsKey(type)
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
                if (field.Name.EndsWith("_param", StringComparison.Ordinal)
                    && field.Accessor.GetValue(layer) is IMessage options)
                {
                    messages.Add(options.Descriptor);
                    drawn.UnionWith(options.Descriptor.Fields.InFieldNumberOrder().Where(f => IsSet(options, f)));
                }
            }
        }

        Assert.Empty(messages.SelectMany(m => m.Fields.InFieldNumberOrder())
            .Where(f => !drawn.Contains(f) && !IsExcused(type, f)).Select(f => f.FullName));
    }

    private static bool IsExcused(string type, FieldDescriptor option) =>
        NotDrawn.ContainsKey($"{type}.{option.Name}")
        || NotDrawn.ContainsKey($"*.{option.Name}")
        || NotDrawn.ContainsKey($"{type}.{option.ContainingType.Name}");

    private static bool IsSet(IMessage message, FieldDescriptor field) => field.IsRepeated
        ? ((System.Collections.ICollection)field.Accessor.GetValue(message)).Count > 0
        : field.Accessor.HasValue(message);
}
