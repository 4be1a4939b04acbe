using System.Globalization;
using System.Runtime.InteropServices;
using Cnn.Layers;

namespace Cnn.Engine.Checks;

/// <summary>Copies of all that a pass of a layer computed.</summary>
internal sealed class PassValues
{
    private readonly List<(string What, int[] Shape, float[] Values)> blobs = [];

    /// <summary>Runs forward, and backward where the layer does, and returns what came out.</summary>
    /// <param name="run">The layer.</param>
    /// <param name="recipe">Names the blobs.</param>
    /// <param name="scope">The gradients that it computes.</param>
    /// <param name="afterForward">What happens between the two; null for nothing.</param>
    public static PassValues OfPass(
        LayerRun run, LayerRecipe recipe, GradientScope scope, Action<LayerRun>? afterForward = null)
    {
        run.Forward();
        PassValues values = OfTops(run, recipe);
        afterForward?.Invoke(run);
        if (scope.RunsBackward)
        {
            run.Backward(scope.Bottoms);
            values.AddGradients(run, recipe, scope.Bottoms);
        }

        return values;
    }

    /// <summary>Copies the tops.</summary>
    /// <param name="run">The layer.</param>
    /// <param name="recipe">Names the blobs.</param>
    public static PassValues OfTops(LayerRun run, LayerRecipe recipe)
    {
        var values = new PassValues();
        for (int i = 0; i < run.TopList.Length; i++)
        {
            values.Add($"top '{recipe.TopNames[i]}'", run.TopList[i], run.TopList[i].Data);
        }

        return values;
    }

    /// <summary>Adds the gradients that a backward pass computed.</summary>
    /// <param name="run">The layer.</param>
    /// <param name="recipe">Names the blobs.</param>
    /// <param name="bottoms">The bottoms whose gradient was asked for.</param>
    public void AddGradients(LayerRun run, LayerRecipe recipe, IReadOnlyList<int> bottoms)
    {
        foreach (int bottom in bottoms)
        {
            Add(
                $"the gradient of bottom '{recipe.BottomNames[bottom]}'",
                run.BottomList[bottom],
                run.BottomList[bottom].Diff);
        }

        for (int i = 0; i < run.Layer.Blobs.Count; i++)
        {
            if (run.Layer.NeedsGradient(i))
            {
                Add($"the gradient of parameter {i}", run.Layer.Blobs[i], run.Layer.Blobs[i].Diff);
            }
        }
    }

    /// <summary>Returns where two passes differ first, and the two values; null where all bits are the same.</summary>
    /// <param name="other">The other pass.</param>
    /// <param name="here">What this pass is called: "1 thread".</param>
    /// <param name="there">What the other is called.</param>
    public string? DifferenceFrom(PassValues other, string here, string there)
    {
        for (int i = 0; i < blobs.Count; i++)
        {
            var (what, shape, values) = blobs[i];
            var (_, otherShape, otherValues) = other.blobs[i];
            if (!shape.AsSpan().SequenceEqual(otherShape))
            {
                return $"{what} has shape [{string.Join(", ", shape)}] {here} and "
                    + $"[{string.Join(", ", otherShape)}] {there}";
            }

            ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
            int at = bits.CommonPrefixLength(MemoryMarshal.Cast<float, int>(otherValues));
            if (at < bits.Length)
            {
                string place = BlobPlace.Text(shape, at);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} at {place} is {values[at]:g9} {here} and {otherValues[at]:g9} {there}");
            }
        }

        return null;
    }

    /// <summary>Returns a value of a top that the pass did not write; null where it wrote all.</summary>
    public string? FirstUnwritten()
    {
        foreach (var (what, shape, values) in blobs)
        {
            int at = MemoryMarshal.Cast<float, int>(values).IndexOf(BitConverter.SingleToInt32Bits(LayerRun.Unwritten));
            if (at >= 0)
            {
                return $"Forward does not write {what} at {BlobPlace.Text(shape, at)}";
            }
        }

        return null;
    }

    private void Add(string what, Blob blob, ReadOnlySpan<float> values) =>
        blobs.Add((what, blob.Shape.ToArray(), values.ToArray()));
}
