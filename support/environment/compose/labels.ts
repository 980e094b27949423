/** Of everything that compose makes: the project it belongs to. */
export const projectLabel = 'com.docker.compose.project';
/** Of a container: its service's name in the file. */
export const serviceLabel = 'com.docker.compose.service';
