namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// YOLO's losses: sums of the squares of gradients that a rule gives, which are not their derivatives.
/// </summary>
internal abstract class YoloLossReference : IReferenceLayer, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        double sum = Gradients(call).Data.Sum(g => g * g);
        call.Top(0).Data[0] = DividesLoss(call) ? sum / call.Bottoms[0].Shape[0] : sum;
    }

    /// <inheritdoc/>
    public bool HasOwnGradient(ReferenceCall call) => true;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        double scale = call.TopDiffs[0].Data[0] / call.Bottoms[0].Shape[0];
        ReferenceBlob gradients = Gradients(call);
        for (int i = 0; i < gradients.Count; i++)
        {
            call.BottomDiffs[0].Data[i] = scale * Slope(call, i) * gradients.Data[i];
        }
    }

    /// <summary>Returns the gradients of the map.</summary>
    protected abstract ReferenceBlob Gradients(ReferenceCall call);

    /// <summary>Returns whether the loss is divided by the number of images, as its gradient always is.</summary>
    protected abstract bool DividesLoss(ReferenceCall call);

    /// <summary>Returns what a gradient is multiplied by that the loss is not.</summary>
    protected virtual double Slope(ReferenceCall call, int place) => 1;

    /// <summary>Returns the largest overlap of a box with an object; 0 without any.</summary>
    protected static double Most(IEnumerable<YoloTruth> truths, Box box) =>
        truths.Select(t => t.Box.Overlap(box)).DefaultIfEmpty(0).Max();
}
