using System.Text;

namespace Cnn.Tests.Layers.Plugins;

/// <summary>
/// The source of a plug-in in one C# file: y = times x², with options in a block <c>square_param</c>.
/// </summary>
internal static class SquareSource
{
    public const string Text =
        """
        #:property LangVersion=latest
        using Cnn.Layers;
        using Cnn.Layers.Plugins;

        public sealed record SquareOptions(float Times = 1);

        [LayerType("Square", Options = "square_param")]
        public sealed class SquareLayer(LayerContext context) : Layer(context)
        {
            private readonly SquareOptions options = PluginOptions.Bind<SquareOptions>(context);

            public override BlobCount BottomCount => BlobCount.Exactly(1);

            public override BlobCount TopCount => BlobCount.Exactly(1);

            public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
                tops[0].ReshapeLike(bottoms[0]);

            public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
            {
                ReadOnlySpan<float> x = bottoms[0].Data;
                Span<float> y = tops[0].Data;
                for (int i = 0; i < x.Length; i++)
                {
                    y[i] = options.Times * x[i] * x[i];
                }
            }

            public override void Backward(
                IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
            {
                ReadOnlySpan<float> x = bottoms[0].Data, dy = tops[0].Diff;
                Span<float> dx = bottoms[0].Diff;
                for (int i = 0; i < x.Length; i++)
                {
                    dx[i] = 2 * options.Times * x[i] * dy[i];
                }
            }
        }

        internal sealed class Unchecked
        {
            private string text = null;
        }

        """;

    /// <summary>
    /// Writes the source to <c>source/SquareLayer.cs</c>, among files of which a build there would take notice.
    /// </summary>
    /// <returns>The path of the source.</returns>
    public static string WriteAmongOthers(TemporaryFolder folder)
    {
        const string Failing = "<Project><Target Name=\"Fail\" BeforeTargets=\"Build\"><Error /></Target></Project>";
        Directory.CreateDirectory(folder["source"]);
        folder.Write("Directory.Build.props", Failing);
        folder.Write("Directory.Build.targets", Failing);
        folder.Write("global.json", """{ "sdk": { "version": "99.0.100" } }""");
        folder.Write("source/.editorconfig", "[*.cs]\ndotnet_diagnostic.CS8625.severity = error\n");
        folder.Write("source/Other.cs", "this is no C#");
        string path = folder["source/SquareLayer.cs"];
        File.WriteAllText(path, Text, Encoding.UTF8);
        return path;
    }
}
