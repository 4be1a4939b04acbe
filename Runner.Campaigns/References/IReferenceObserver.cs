namespace Cnn.Campaigns.References;

/// <summary>
/// A reference of a layer that draws random numbers: it sees what the product drew, from its tops, before it computes
/// the rest.
/// </summary>
internal interface IReferenceObserver
{
    /// <summary>
    /// Checks that the product's tops follow the law, and keeps what was drawn in <see cref="ReferenceCall.State"/>.
    /// </summary>
    /// <param name="call">The call whose forward pass comes next.</param>
    /// <param name="product">The tops that the product computed.</param>
    /// <exception cref="ReferenceMismatchException">They do not follow the law.</exception>
    void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product);
}
