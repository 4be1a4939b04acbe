using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>Tries a layer with several shapes, each of which it computes or refuses in words.</summary>
internal static class ShapeTrials
{
    /// <summary>Tries the shapes in turn, as far as the bottoms have their axes.</summary>
    /// <param name="check">The check that asks.</param>
    /// <param name="changes">The shapes.</param>
    /// <param name="trial">Runs the layer with one of them; returns what is wrong, or null.</param>
    /// <param name="mustTake">Shapes that the layer has taken before; null for none.</param>
    public static LayerCheckResult Run(
        LayerCheck check,
        IEnumerable<ShapeChange> changes,
        Func<ShapeChange, string?> trial,
        ShapeChange? mustTake = null)
    {
        int tried = 0;
        var refused = new List<string>();
        foreach (ShapeChange change in changes.Where(c => c.Shapes is not null))
        {
            tried++;
            try
            {
                if (trial(change) is { } wrong)
                {
                    return LayerCheckResult.Fails(check, $"with {change.Name}: {wrong}");
                }
            }
            catch (CnnException exception) when (change != mustTake)
            {
                refused.Add($"{change.Name} refused: {exception.Diagnostics[0].Message}");
            }
            catch (Exception exception) when (LayerFault.IsOfTheLayer(exception))
            {
                return LayerCheckResult.Fails(check, $"with {change.Name}: {LayerFault.Describe(exception)}");
            }
        }

        return tried == 0
            ? LayerCheckResult.DoesNotApply(check, "its bottoms have no axes longer than 1")
            : LayerCheckResult.Holds(check, $"{tried - refused.Count} of {tried}", string.Join("; ", refused));
    }
}
