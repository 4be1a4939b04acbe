using Cnn.Proto;

namespace Cnn.Engine.Detection;

/// <summary>
/// The average precision of one class: the area below its curve of precision against recall, in the three ways of SSD's
/// Caffe and in its single-precision arithmetic. From Everingham et al., "The PASCAL visual object classes (VOC)
/// challenge", IJCV 2010.
/// </summary>
internal static class AveragePrecision
{
    private const float Epsilon = 1e-6f;
    private const int Points = 11;

    /// <summary>The area as it is: the sum of precision times the step in recall. The usual one.</summary>
    public const string Integral = "Integral";

    /// <summary>The area below the curve's envelope, as of VOC 2012: the best precision of a recall as high.</summary>
    public const string MaxIntegral = "MaxIntegral";

    /// <summary>The mean of the envelope at recalls of 0, 0.1 ... 1, as of VOC 2007.</summary>
    public const string ElevenPoint = "11point";

    /// <summary>The names of the three ways.</summary>
    public static IReadOnlyList<string> Versions { get; } = [Integral, MaxIntegral, ElevenPoint];

    /// <summary>Computes it.</summary>
    /// <param name="detections">Score of each detection, and whether it is right, in the order found.</param>
    /// <param name="objects">How many objects of the class there are.</param>
    /// <param name="version">One of <see cref="Versions"/>.</param>
    /// <returns>0 to 1; 0 without objects or detections.</returns>
    /// <exception cref="CnnException">More detections are right than there are objects.</exception>
    public static float Compute(IReadOnlyList<(float Score, bool IsRight)> detections, int objects, string version)
    {
        if (detections.Count == 0 || objects == 0)
        {
            return 0;
        }

        float[] precision = new float[detections.Count], recall = new float[detections.Count];
        int right = 0, seen = 0;
        foreach (var (_, isRight) in detections.OrderByDescending(d => d.Score))
        {
            right += isRight ? 1 : 0;
            precision[seen] = (float)right / (seen + 1);
            recall[seen++] = (float)right / objects;
        }

        if (right > objects)
        {
            throw new CnnException($"{right} detections of a class are right, of which there are {objects} objects");
        }

        return version switch
        {
            ElevenPoint => AtElevenPoints(precision, recall),
            MaxIntegral => BelowEnvelope(precision, recall),
            _ => BelowCurve(precision, recall),
        };
    }

    private static float AtElevenPoints(ReadOnlySpan<float> precision, ReadOnlySpan<float> recall)
    {
        // The precision is the best at any recall that reaches the point; a recall of 0.7f lies below the double 0.7,
        // there as here.
        float sum = 0, best = 0;
        int last = recall.Length - 1;
        for (int point = Points - 1; point >= 0; point--)
        {
            for (; last >= 0 && !(recall[last] < point / 10.0); last--)
            {
                best = Math.Max(best, precision[last]);
            }

            sum += best / Points;
        }

        return sum;
    }

    private static float BelowEnvelope(ReadOnlySpan<float> precision, ReadOnlySpan<float> recall)
    {
        float sum = 0, reached = recall[^1], best = precision[^1];
        for (int i = recall.Length - 2; i >= 0; i--)
        {
            best = Math.Max(best, precision[i]);
            float step = Math.Abs(reached - recall[i]);
            sum += step > Epsilon ? best * step : 0;
            reached = recall[i];
        }

        return sum + (reached * best);
    }

    private static float BelowCurve(ReadOnlySpan<float> precision, ReadOnlySpan<float> recall)
    {
        float sum = 0, reached = 0;
        for (int i = 0; i < recall.Length; i++)
        {
            float step = Math.Abs(recall[i] - reached);
            sum += step > Epsilon ? precision[i] * step : 0;
            reached = recall[i];
        }

        return sum;
    }
}
