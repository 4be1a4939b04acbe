using System.Collections.Frozen;

namespace Cnn.Proto.Forks;

/// <summary>
/// The facts about forks of Caffe: which of them has a field, an enum value or a layer type that Caffe does not have.
/// </summary>
/// <remarks>
/// They are read from the tables beside this file, a line a fact. Fields are known by name alone, because the forks
/// give the same numbers to different fields.
/// </remarks>
internal static class ForkTable
{
    private const int MostNamed = 3;

    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["ssd"] = "SSD's Caffe",
        ["intel"] = "Intel's Caffe",
        ["nvcaffe"] = "NVIDIA's Caffe",
        ["mobilenet-yolo"] = "MobileNet-YOLO",
        ["synopsys"] = "Synopsys' Caffe",
        ["py-faster-rcnn"] = "Faster R-CNN's Caffe",
        ["caffe-rfcn"] = "R-FCN's Caffe",
        ["microsoft"] = "Microsoft's Caffe",
        ["pvanet"] = "PVANet's Caffe",
        ["pspnet"] = "PSPNet's Caffe",
        ["segnet"] = "SegNet's Caffe",
        ["enet"] = "ENet's Caffe",
        ["happynear"] = "happynear's caffe-windows",
        ["flownet2"] = "FlowNet 2.0's Caffe",
        ["c3d-1.0"] = "C3D 1.0",
        ["c3d-1.1"] = "C3D 1.1",
        ["aug"] = "a Caffe with more augmentation",
        ["mycaffe"] = "MyCaffe",
        ["deepdetect"] = "DeepDetect's Caffe",
        ["senet"] = "SENet's Caffe",
        ["shufflenet"] = "ShuffleNet's Caffe",
        ["depthwise"] = "yonghenglh6's DepthwiseConvolution",
        ["crnn"] = "CRNN's Caffe",
        ["ctpn"] = "CTPN's Caffe",
        ["caffe-face"] = "caffe-face",
        ["sphereface"] = "SphereFace's Caffe",
    }.ToFrozenDictionary();

    private static readonly Lazy<FrozenDictionary<string, string>> Fields = new(() => Read("fork-fields.tsv"));

    private static readonly Lazy<FrozenDictionary<string, string>> Types = new(() => Read("fork-types.tsv"));

    /// <summary>The layer types that forks added.</summary>
    public static IEnumerable<string> LayerTypes => Types.Value.Keys;

    /// <summary>
    /// Returns which forks have a field, such as <c>Synopsys' Caffe and C3D 1.0</c>; null when none is known to.
    /// </summary>
    /// <param name="message">The message, such as <c>PoolingParameter</c>; an enum for one of its values.</param>
    /// <param name="name">The field or the value.</param>
    public static string? ForksWith(string message, string name) =>
        Fields.Value.TryGetValue($"{message}\t{name}", out string? forks) ? Text(forks) : null;

    /// <summary>Returns which forks have a layer type; null when none is known to.</summary>
    public static string? ForksWithType(string type) =>
        Types.Value.TryGetValue(type, out string? forks) ? Text(forks) : null;

    private static string Text(string forks)
    {
        string[] names = [.. forks.Split(',').Select(f => Names[f])];
        return names.Length switch
        {
            1 => names[0],
            <= MostNamed => $"{string.Join(", ", names[..^1])} and {names[^1]}",
            _ => $"{string.Join(", ", names[..MostNamed])} and others",
        };
    }

    // The last column is the forks; what is before it, the key.
    private static FrozenDictionary<string, string> Read(string file)
    {
        using Stream stream = typeof(ForkTable).Assembly.GetManifestResourceStream($"Cnn.Proto.Forks.{file}")!;
        using var reader = new StreamReader(stream);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                int forks = line.LastIndexOf('\t');
                facts.Add(line[..forks], line[(forks + 1)..]);
            }
        }

        return facts.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
