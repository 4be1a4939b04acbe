using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Schemas;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Architecture;

/// <summary>An option that a file may give does something, or the schema says that it does not.</summary>
[Trait("Category", "Unit")]
public class UnreadFieldsTests
{
    private const string ByName = "WindowReader reads the options of windows by their names";

    private static readonly string[] Told = ["read and ignored", "without effect"];

    // Fields that no code reads by their properties.
    private static readonly Dictionary<string, string> Known = new()
    {
        ["LayerParameter.sigmoid_param"] = "it holds an engine alone",
        ["LayerParameter.tanh_param"] = "it holds an engine alone",
        ["ConvolutionParameter.pad_l"] = ByName,
        ["ConvolutionParameter.pad_r"] = ByName,
        ["ConvolutionParameter.pad_t"] = ByName,
        ["ConvolutionParameter.pad_b"] = ByName,
        ["ConvolutionParameter.pad_type"] = ByName,
        ["SubsamplingParameter.kernel_size"] = ByName,
        ["SubsamplingParameter.kernel_h"] = ByName,
        ["SubsamplingParameter.kernel_w"] = ByName,
        ["SubsamplingParameter.stride"] = ByName,
        ["SubsamplingParameter.stride_h"] = ByName,
        ["SubsamplingParameter.stride_w"] = ByName,
        ["HistogramPoolingParameter.kernel_size"] = ByName,
        ["HistogramPoolingParameter.kernel_h"] = ByName,
        ["HistogramPoolingParameter.kernel_w"] = ByName,
        ["HistogramPoolingParameter.stride"] = ByName,
        ["HistogramPoolingParameter.stride_h"] = ByName,
        ["HistogramPoolingParameter.stride_w"] = ByName,
    };

    // A net that asks for a GPU is told that there is none.
    private static readonly string[] ReadToSaySo = ["SolverParameter.solver_mode"];

    private static readonly IReadOnlyList<FieldDescriptor> Unread = UnreadFields.In(
    [
        typeof(CnnException).Assembly, typeof(Filler).Assembly, typeof(Layer).Assembly, typeof(Net).Assembly,
        typeof(Cnn.Runner.CommandLineProgram).Assembly,
    ]);

    [Fact]
    public void AFieldThatNoCodeReadsIsSaidToBeIgnored() => Assert.Equal(
        Known.Keys.Order(StringComparer.Ordinal),
        Unread.Where(f => !IsTold(f)).Select(NameOf).Order(StringComparer.Ordinal));

    [Fact]
    public void AFieldThatIsSaidToBeIgnoredIsNotRead()
    {
        HashSet<MessageDescriptor> messages = [.. Unread.Select(f => f.ContainingType)];

        Assert.Equal(
            ReadToSaySo,
            messages.SelectMany(m => m.Fields.InDeclarationOrder())
                .Where(f => SchemaComments.Of(f).StartsWith(Told[0], StringComparison.OrdinalIgnoreCase))
                .Except(Unread).Select(NameOf));
    }

    private static bool IsTold(FieldDescriptor field) => Told.Any(
        words => SchemaComments.Of(field).Contains(words, StringComparison.OrdinalIgnoreCase));

    private static string NameOf(FieldDescriptor field) => $"{field.ContainingType.Name}.{field.Name}";
}
