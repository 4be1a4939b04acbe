namespace Cnn.Runner.DataSets;

/// <summary>How far a file or database has come.</summary>
/// <param name="Name">What is written, such as <c>mnist_train_lmdb</c>.</param>
/// <param name="Done">Images, or bytes of a download, so far.</param>
/// <param name="Total">All of them.</param>
public readonly record struct WriteProgress(string Name, long Done, long Total);
