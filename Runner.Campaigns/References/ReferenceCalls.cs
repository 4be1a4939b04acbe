namespace Cnn.Campaigns.References;

/// <summary>Copies calls, so that a reference can be computed again from what it began with.</summary>
internal static class ReferenceCalls
{
    /// <summary>Returns a call with copies of everything, and tops of zeros.</summary>
    public static ReferenceCall Copy(ReferenceCall call, IReadOnlyList<ReferenceBlob>? topDiffs = null) => new()
    {
        Layer = call.Layer,
        IsTraining = call.IsTraining,
        Bottoms = [.. call.Bottoms.Select(b => b.Copy())],
        Parameters = [.. call.Parameters.Select(b => b.Copy())],
        Tops = Zeros(call.Tops),
        Magnitudes = Zeros(call.Tops),
        State = new SortedDictionary<string, double[]>(
            call.State.ToDictionary(s => s.Key, s => (double[])s.Value.Clone()), StringComparer.Ordinal),
        TopDiffs = topDiffs ?? [],
        BottomDiffs = topDiffs is null ? [] : Zeros(call.Bottoms),
        ParameterDiffs = topDiffs is null ? [] : Zeros(call.Parameters),
    };

    private static ReferenceBlob[] Zeros(IEnumerable<ReferenceBlob> blobs) =>
        [.. blobs.Select(b => new ReferenceBlob(b.Shape))];
}
