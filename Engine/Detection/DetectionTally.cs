using Cnn.Proto;

namespace Cnn.Engine.Detection;

/// <summary>
/// Collects the rows of a DetectionEvaluate layer, [1, 1, K, 5], over the batches of a test: (-1, class, objects, -1,
/// -1) and (item, class, score, right, wrong).
/// </summary>
/// <param name="blob">The output that has them.</param>
/// <param name="version">The kind of average precision; see <see cref="AveragePrecision"/>.</param>
internal sealed class DetectionTally(string blob, string version)
{
    private const int RowLength = 5;

    private readonly SortedDictionary<int, int> objects = [];
    private readonly Dictionary<int, List<(float Score, bool IsRight)>> detections = [];

    /// <summary>Adds the rows of a batch.</summary>
    public void Add(ReadOnlySpan<float> rows)
    {
        for (; rows.Length >= RowLength; rows = rows[RowLength..])
        {
            int label = (int)rows[1];
            if ((int)rows[0] == -1)
            {
                objects[label] = objects.GetValueOrDefault(label) + (int)rows[2];
                continue;
            }

            // A detection of a difficult object that does not count is neither right nor wrong.
            if (rows[3] == 0 && rows[4] == 0)
            {
                continue;
            }

            if (!detections.TryGetValue(label, out List<(float Score, bool IsRight)>? found))
            {
                detections.Add(label, found = []);
            }

            found.Add((rows[2], rows[3] != 0));
        }
    }

    /// <summary>Returns the average precision of each class, by its number; one without objects has 0.</summary>
    /// <exception cref="CnnException">More detections are right than there are objects.</exception>
    public List<ClassPrecision> Classes() =>
    [
        .. objects.Select(o => new ClassPrecision(
            blob, o.Key, o.Value, AveragePrecision.Compute(detections.GetValueOrDefault(o.Key, []), o.Value, version))),
    ];
}
