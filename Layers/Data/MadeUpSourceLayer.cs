using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// Stands for a source of data that this program does not have, of a fork or in Python, in a net that is only looked
/// at: tops of the shapes that <see cref="MadeUpData.Shapes"/> gives them, with numbers from 0 to below 1, which as
/// labels count as 0.
/// </summary>
internal sealed class MadeUpSourceLayer : Layer
{
    private readonly MadeUpRows rows;

    /// <summary>Makes the layer.</summary>
    /// <param name="context">The layer; it has no bottoms, and <see cref="LayerContext.MadeUp"/> is set.</param>
    /// <param name="name">The source's type, as errors show it.</param>
    /// <exception cref="CnnException">No shape is given for a top.</exception>
    public MadeUpSourceLayer(LayerContext context, string name)
        : base(context)
    {
        string[] unknown = [.. Parameter.Top.Where(top => Context.MadeUp!.ShapeOf(top) is null)];
        if (unknown.Length > 0)
        {
            throw Context.Error(
                Parameter,
                LayerParameter.TypeFieldNumber,
                $"{name} is not supported, and nothing tells the shape of '{string.Join("' and '", unknown)}'",
                string.Join(' ', unknown.Select(top => $"--shape {top}=1x3x32x32")) + " would");
        }

        var shapes = Parameter.Top.Select(top => Context.MadeUp!.ShapeOf(top)!).ToArray();
        string tops = string.Join(
            " and ", Parameter.Top.Zip(shapes, (top, shape) => $"'{top}' ({MadeUpData.Text(shape)})"));
        Context.Warning(
            Parameter,
            LayerParameter.TypeFieldNumber,
            $"{tops} {(shapes.Length == 1 ? "is" : "are")} made up: {name} is not supported");
        rows = new MadeUpRows(Context.Random.Key(Name, "made up"), shapes);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => rows.Reshape(tops);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        rows.Draw(tops, Context.Clock.Pass);
}
